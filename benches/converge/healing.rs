//! How fast a deleted Deployment is back.

use crate::scene::Scene;
use futures::StreamExt;
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{DeleteParams, WatchEvent, WatchParams};
use kube::{Api, ResourceExt};
use std::time::{Duration, Instant};

const DEPLOYMENTS: usize = 41;
/// Between two deletions: the controllers' work on one must not be part of the next.
const CALM: Duration = Duration::from_millis(500);

/// Milliseconds from the answer to a deletion until a watch tells of the new Deployment.
pub async fn times(scene: &Scene) -> Vec<f64> {
    let api: Api<Deployment> = Api::namespaced(scene.objects.client().clone(), scene.namespace());
    let mut times = Vec::new();
    for module in 0..DEPLOYMENTS {
        tokio::time::sleep(CALM).await;
        times.push(time(&api, &format!("eevee-module-{module}-module")).await);
    }
    times
}

async fn time(api: &Api<Deployment>, name: &str) -> f64 {
    let old = api.get(name).await.expect("a Deployment");
    let params = WatchParams::default().fields(&format!("metadata.name={name}"));
    let version = old.resource_version().expect("a resourceVersion");
    let mut events = api.watch(&params, &version).await.expect("a watch").boxed();
    api.delete(name, &DeleteParams::background()).await.expect("deleted");
    let deleted = Instant::now();
    loop {
        match events.next().await.expect("an event").expect("an event") {
            WatchEvent::Added(new) if new.uid() != old.uid() => {
                return deleted.elapsed().as_secs_f64() * 1000.0;
            }
            _ => {}
        }
    }
}
