//! How fast a deleted Deployment is back.

use crate::scene::Scene;
use futures::StreamExt;
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{DeleteParams, ObjectMeta, PostParams, WatchEvent, WatchParams};
use kube::{Api, ResourceExt};
use std::time::{Duration, Instant};

const DEPLOYMENTS: usize = 41;
/// Between two deletions: the controllers' work on one must not be part of the next.
const CALM: Duration = Duration::from_millis(500);

/// How often the time from the answer to a deletion until a watch tells of the new Deployment is that of a client that
/// only creates the same.
pub async fn ratios(scene: &Scene) -> Vec<f64> {
    let api: Api<Deployment> = Api::namespaced(scene.objects.client().clone(), scene.namespace());
    let mut ratios = Vec::new();
    for module in 0..DEPLOYMENTS {
        let name = format!("eevee-module-{module}-module");
        tokio::time::sleep(CALM).await;
        let bare = bare_create(&api, &name).await;
        tokio::time::sleep(CALM).await;
        ratios.push(heal(&api, &name).await.as_secs_f64() / bare.as_secs_f64());
    }
    ratios
}

async fn heal(api: &Api<Deployment>, name: &str) -> Duration {
    let old = api.get(name).await.expect("a Deployment");
    let version = old.resource_version().expect("a resourceVersion");
    api.delete(name, &DeleteParams::background()).await.expect("deleted");
    let deleted = Instant::now();
    added(api, name, &version, old.uid()).await;
    deleted.elapsed()
}

/// The same Deployment under another name, and gone again.
async fn bare_create(api: &Api<Deployment>, name: &str) -> Duration {
    let old = api.get(name).await.expect("a Deployment");
    let version = old.resource_version().expect("a resourceVersion");
    let name = format!("bare-{name}");
    let (labels, annotations) = (old.metadata.labels, old.metadata.annotations);
    let metadata =
        ObjectMeta { name: Some(name.clone()), labels, annotations, ..ObjectMeta::default() };
    let new = Deployment { metadata, spec: old.spec, status: None };
    let start = Instant::now();
    api.create(&PostParams::default(), &new).await.expect("created");
    added(api, &name, &version, None).await;
    let took = start.elapsed();
    api.delete(&name, &DeleteParams::background()).await.expect("deleted");
    took
}

/// Waits until a watch tells of a new object.
async fn added(api: &Api<Deployment>, name: &str, version: &str, old: Option<String>) {
    let params = WatchParams::default().fields(&format!("metadata.name={name}"));
    let mut events = api.watch(&params, version).await.expect("a watch").boxed();
    loop {
        match events.next().await.expect("an event").expect("an event") {
            WatchEvent::Added(new) if new.uid() != old => return,
            _ => {}
        }
    }
}
