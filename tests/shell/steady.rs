//! What a cluster that is as wanted costs, and what a change does.

use crate::bot::{self, FULL, FULL_CONFIG, PLAIN, settle};
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Fault, Request, Verb};
use crate::watches::WATCHED;
use serde_json::json;
use std::time::{Duration, Instant};

/// How long the first status of a resource may wait.
const GRACE: Duration = Duration::from_secs(5);

/// Gets of single objects, Leases apart.
fn reads(stage: &Stage<'_>) -> Vec<Request> {
    stage.edge.select(|r| r.verb == Verb::Get && r.name.is_some() && r.resource != "leases")
}

/// How often a verb was used on a resource, events and statuses told apart.
fn count(requests: &[Request], verb: Verb, resource: &str) -> usize {
    requests.iter().filter(|r| r.is(verb, resource)).count()
}

fn statuses(requests: &[Request]) -> usize {
    requests.iter().filter(|r| r.subresource.as_deref() == Some("status")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settled_cluster_is_not_written_when_every_watch_lists_anew() {
    let mut stage = bot::settled("relist").await;
    stage.edge.clear();
    let expired = stage.expire_watches();
    // Watches that list again at once, and watches that are taken up where they were.
    for resource in WATCHED {
        stage.edge.wait_for_request(resource, LONG, move |r| r.is(Verb::List, resource)).await;
        let is_open = move |r: &Request| r.is(Verb::Watch, resource) && r.succeeded();
        stage.edge.wait_for_request(resource, LONG, is_open).await;
    }
    drop(expired);
    stage.edge.cut_watches(|_| true);
    stage.statuses_settled().await;
    assert_eq!(stage.edge.writes().len(), 0, "{}", stage.edge.listing());
    assert_eq!(reads(&stage).len(), 0, "{}", stage.edge.listing());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settled_cluster_is_not_written_after_a_restart_of_the_operator() {
    let mut stage = bot::settled("restart").await;
    stage.starts_without_a_write().await;
    stage.stop().await;
}

/// Its first status waits for something to say. On a machine that is too slow for that, there is one more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_module_is_three_objects_one_event_and_one_status() {
    let mut stage = Stage::set("new").await;
    let start = Instant::now();
    let spec = json!({ "image": "a", "moduleConfig": "a: 1", "persistentVolumeClaim": {} });
    stage.apply_module("echo", spec).await;
    stage.ready("echo").await;
    let is_late = start.elapsed() > GRACE;
    stage.statuses_settled().await;
    let listing = stage.edge.listing();
    let writes = stage.edge.writes();
    for resource in ["configmaps", "persistentvolumeclaims", "deployments"] {
        assert_eq!(writes.iter().filter(|r| r.resource == resource).count(), 1, "{listing}");
    }
    assert!(statuses(&writes) == 1 || is_late && statuses(&writes) == 2, "{listing}");
    assert_eq!(stage.told("Created", "echo").await.len(), 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_module_that_takes_long_says_after_a_while_that_it_is_on_its_way() {
    let mut stage = Stage::set("new").await;
    // Nothing tells that its pods run: time alone makes the operator look.
    let is_of_deployments = |request: &Request| request.is(Verb::Watch, "deployments");
    let held = stage.edge.rule(is_of_deployments, Fault::HoldEvents);
    let start = Instant::now();
    stage.apply_module("echo", json!({ "image": "a" })).await;
    let creating = ("Unknown", "Creating");
    stage.objects.wait_for_condition(("botmodules", "echo"), "Ready", creating, LONG).await;
    // Its creation is told in whole seconds.
    assert!(start.elapsed() + Duration::from_secs(1) >= GRACE, "{:?}", start.elapsed());
    held.release();
    stage.ready("echo").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_image_is_one_patch_of_the_deployment() {
    let mut stage = bot::settled("image").await;
    stage.edge.clear();
    stage.change("plain", json!({ "image": "registry.example/plain:2" })).await;
    stage.edge.wait_for_request("the change", LONG, |r| r.is(Verb::Apply, "deployments")).await;
    settle(&stage).await;
    let (writes, listing) = (stage.edge.writes(), stage.edge.listing());
    assert_eq!(count(&writes, Verb::Apply, "deployments"), 1, "{listing}");
    assert!(writes.iter().any(|r| r.names(stage.namespace(), PLAIN)), "{listing}");
    assert!(statuses(&writes) <= 2, "{listing}");
    assert_eq!(count(&writes, Verb::Create, "events"), 1, "{listing}");
    assert_eq!(writes.len(), 2 + statuses(&writes), "{listing}");
    assert_eq!(reads(&stage).len(), 0, "{listing}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_configuration_is_one_patch_of_the_config_map_and_one_of_the_deployment() {
    let mut stage = bot::settled("config").await;
    stage.edge.clear();
    stage.change("full", json!({ "moduleConfig": "answer: 42" })).await;
    stage.edge.wait_for_request("the change", LONG, |r| r.is(Verb::Apply, "deployments")).await;
    settle(&stage).await;
    let (writes, listing) = (stage.edge.writes(), stage.edge.listing());
    let namespace = stage.namespace();
    for (resource, name) in [("configmaps", FULL_CONFIG), ("deployments", FULL)] {
        assert_eq!(count(&writes, Verb::Apply, resource), 1, "{listing}");
        assert!(writes.iter().any(|r| r.names(namespace, name)), "{listing}");
    }
    assert!(statuses(&writes) <= 2, "{listing}");
    assert_eq!(count(&writes, Verb::Create, "events"), 1, "{listing}");
    assert_eq!(writes.len(), 3 + statuses(&writes), "{listing}");
    assert_eq!(reads(&stage).len(), 0, "{listing}");
    stage.stop().await;
}
