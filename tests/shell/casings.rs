//! The main cases on clusters that serve our kinds as `BotModule` and as `botmodule`: the kind of a live CRD cannot be
//! changed, so that both are there.

use crate::adoption::take_over;
use crate::cluster::{Casing, Cluster};
use crate::golden::bring_up;
use crate::operator::{LONG, cluster};
use crate::scene::{Scene, text, uid};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_cases_hold_on_a_cluster_with_kinds_in_camel_case() {
    let cluster = (cluster(), Casing::Camel);
    example_bot_heals_and_restarts_in_sync(cluster).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_cases_hold_on_a_cluster_with_kinds_in_lowercase() {
    let cluster = tokio::task::block_in_place(Cluster::fake_nodes);
    tokio::task::block_in_place(|| cluster.install_crds(Casing::Lower));
    let cluster = (&cluster, Casing::Lower);
    example_bot_heals_and_restarts_in_sync(cluster).await;
    take_over(cluster).await;
}

async fn example_bot_heals_and_restarts_in_sync(cluster: (&Cluster, Casing)) {
    let mut scene = Scene::new(cluster, "casing").await;
    scene.start().await;
    bring_up(&scene).await;
    owners_are_as_served(&scene).await;
    heals(&scene).await;
    events_speak_of_the_served_kind(&scene).await;
    scene.starts_without_a_write().await;
    scene.stop().await;
}

async fn owners_are_as_served(scene: &Scene<'_>) {
    for resource in ["deployments", "configmaps", "services"] {
        let live = scene.objects.list(resource).await;
        let ours = live.iter().filter(|object| name(object).starts_with("eevee-"));
        let mut count = 0;
        for object in ours {
            let is_nats = name(object) == "eevee-main-nats";
            let kind = scene.kind(if is_nats { "IpcConfig" } else { "BotModule" });
            assert_eq!(text(object, "/metadata/ownerReferences/0/kind"), kind, "{}", name(object));
            count += 1;
        }
        assert!(count > 0, "no {resource}");
    }
}

async fn heals(scene: &Scene<'_>) {
    let at = ("deployments", "eevee-echo-module");
    let before = scene.objects.get(at.0, at.1).await.expect("the Deployment");
    scene.objects.delete(at.0, at.1).await;
    let is_new = |live: Option<&Value>| live.filter(|live| uid(live) != uid(&before)).map(|_| ());
    scene.objects.wait(at.0, at.1, LONG, is_new).await;
    scene.module_is_ready("echo").await;
}

async fn events_speak_of_the_served_kind(scene: &Scene<'_>) {
    let events = scene.objects.list("events").await;
    let ours = |event: &&Value| event["reportingComponent"] == "eevee-operator";
    let kinds: Vec<&str> =
        events.iter().filter(ours).map(|event| text(event, "/involvedObject/kind")).collect();
    let served = [scene.kind("BotModule"), scene.kind("IpcConfig")];
    assert!(
        !kinds.is_empty() && kinds.iter().all(|kind| served.iter().any(|s| s == kind)),
        "{kinds:?}"
    );
}

fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}
