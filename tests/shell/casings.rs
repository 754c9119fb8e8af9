//! The main cases on clusters that serve our kinds as `BotModule` and as `botmodule`: the kind of a live CRD cannot be
//! changed, so that both are there.

use crate::adoption::take_over;
use crate::backups;
use crate::cluster::{Casing, Cluster};
use crate::example::bring_up;
use crate::operator::{LONG, cluster};
use crate::stage::Stage;
use crate::support::{text, uid};
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
    backups::takeover::take_over(cluster).await;
}

async fn example_bot_heals_and_restarts_in_sync(cluster: (&Cluster, Casing)) {
    let mut stage = Stage::on(cluster, "casing").await;
    stage.start().await;
    bring_up(&stage).await;
    owners_are_as_served(&stage).await;
    heals(&stage).await;
    events_speak_of_the_served_kind(&stage).await;
    stage.statuses_settled().await;
    stage.starts_without_a_write().await;
    stage.stop().await;
}

async fn owners_are_as_served(stage: &Stage<'_>) {
    for resource in ["deployments", "configmaps", "services"] {
        let live = stage.objects.list(resource).await;
        let ours = live.iter().filter(|object| name(object).starts_with("eevee-"));
        let mut count = 0;
        for object in ours {
            let is_nats = name(object) == "eevee-main-nats";
            let kind = stage.kind(if is_nats { "IpcConfig" } else { "BotModule" });
            assert_eq!(text(object, "/metadata/ownerReferences/0/kind"), kind, "{}", name(object));
            count += 1;
        }
        assert!(count > 0, "no {resource}");
    }
}

async fn heals(stage: &Stage<'_>) {
    let at = ("deployments", "eevee-echo-module");
    let before = stage.objects.existing(at.0, at.1).await;
    stage.objects.delete(at.0, at.1).await;
    let is_new = |live: Option<&Value>| live.filter(|live| uid(live) != uid(&before)).map(|_| ());
    stage.objects.wait(at.0, at.1, LONG, is_new).await;
    stage.ready("echo").await;
}

async fn events_speak_of_the_served_kind(stage: &Stage<'_>) {
    let events = stage.objects.list("events").await;
    let ours = |event: &&Value| event["reportingComponent"] == "eevee-operator";
    let kinds: Vec<&str> =
        events.iter().filter(ours).map(|event| text(event, "/involvedObject/kind")).collect();
    let served = [stage.kind("BotModule"), stage.kind("IpcConfig")];
    assert!(
        !kinds.is_empty() && kinds.iter().all(|kind| served.iter().any(|s| s == kind)),
        "{kinds:?}"
    );
}

fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}
