//! Watches that lag behind: what was decided on an old state does no harm.

use crate::bot::{self, BOT, FULL, FULL_CONFIG, PLAIN, settle};
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Edge, Fault, Request, Rule, Verb, image};
use serde_json::{Value, json};

/// Watches of a resource tell nothing until the rule is dropped.
fn hold(edge: &Edge, resource: &'static str) -> Rule {
    edge.rule(move |r| r.resource == resource, Fault::HoldEvents)
}

/// Sets the Pod Security level of the namespace. The pods of the bot are not restricted.
async fn enforce(stage: &Stage<'_>, level: &str) {
    let labels = json!({ "pod-security.kubernetes.io/enforce": level });
    let metadata = json!({ "name": stage.namespace(), "labels": labels });
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
    stage.objects.apply_value(namespace).await;
}

/// How many writes to the object of that name the API server has accepted.
fn accepted(stage: &Stage<'_>, name: &str) -> usize {
    let writes = stage.edge.writes();
    writes.iter().filter(|r| r.names(stage.namespace(), name) && r.succeeded()).count()
}

/// What was decided on an old state was refused, not written over the new one.
fn assert_refused(stage: &Stage<'_>, resource: &str, name: &str) {
    let refused = stage.edge.select(|r| {
        r.resource == resource && r.name.as_deref() == Some(name) && r.status == Some(409)
    });
    assert!(!refused.is_empty(), "{}", stage.edge.listing());
}

fn assert_nothing_was_deleted(stage: &Stage<'_>) {
    let deletions = stage.edge.select(|r| r.verb == Verb::Delete);
    assert!(deletions.is_empty(), "{deletions:?}");
}

async fn set_image(stage: &Stage<'_>, image: &str) {
    stage.change("plain", json!({ "image": image })).await;
}

async fn deployment_gets(stage: &Stage<'_>, wanted: &'static str) -> Value {
    let has_it = |live: Option<&Value>| live.filter(|live| image(live) == wanted).cloned();
    stage.objects.wait("deployments", PLAIN, LONG, has_it).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_somebody_edits_unseen_is_written_once_more() {
    let stage = bot::settled("stale").await;
    let rule = hold(&stage.edge, "deployments");
    stage.objects.patch("deployments", PLAIN, json!({ "spec": { "replicas": 4 } })).await;
    stage.edge.clear();
    set_image(&stage, "registry.example/plain:2").await;
    let live = deployment_gets(&stage, "registry.example/plain:2").await;
    assert_eq!(live["spec"]["replicas"], 1, "one write for all that differs");
    assert_refused(&stage, "deployments", PLAIN);
    stage.settled().await;
    assert_eq!(accepted(&stage, PLAIN), 1, "{}", stage.edge.listing());
    rule.release();
    settle(&stage).await;
    assert_eq!(accepted(&stage, PLAIN), 1, "{}", stage.edge.listing());
    assert_nothing_was_deleted(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_come_faster_than_the_watch_of_deployments_are_written_once_each() {
    let stage = bot::settled("stale").await;
    let rule = hold(&stage.edge, "deployments");
    stage.edge.clear();
    for image in ["registry.example/plain:2", "registry.example/plain:3"] {
        set_image(&stage, image).await;
        deployment_gets(&stage, image).await;
        stage.settled().await;
    }
    assert_eq!(accepted(&stage, PLAIN), 2, "{}", stage.edge.listing());
    rule.release();
    settle(&stage).await;
    assert_eq!(accepted(&stage, PLAIN), 2, "{}", stage.edge.listing());
    assert_nothing_was_deleted(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_that_nobody_sees_is_undone_once_when_it_is_seen() {
    let stage = bot::settled("stale").await;
    let rule = hold(&stage.edge, "deployments");
    stage.objects.patch("deployments", PLAIN, json!({ "spec": { "replicas": 4 } })).await;
    stage.edge.clear();
    stage.settled().await;
    assert_eq!(accepted(&stage, PLAIN), 0);
    rule.release();
    stage.edge.wait_for_request("the change", LONG, |r| r.is(Verb::Apply, "deployments")).await;
    settle(&stage).await;
    // What is seen first may be older than the edit.
    assert_eq!(accepted(&stage, PLAIN), 1, "{}", stage.edge.listing());
    let live = stage.objects.existing("deployments", PLAIN).await;
    assert_eq!(live["spec"]["replicas"], 1);
    assert_nothing_was_deleted(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spec_that_changes_unseen_is_obeyed_as_soon_as_a_write_meets_it() {
    let stage = bot::settled("stale").await;
    let rule = hold(&stage.edge, "botmodules");
    set_image(&stage, "registry.example/plain:2").await;
    // Where new pods came at once, there would be no status to write.
    enforce(&stage, "restricted").await;
    stage.edge.clear();
    stage.objects.delete("deployments", PLAIN).await;
    // Made of the old spec; the status, which speaks of the module, is then refused.
    deployment_gets(&stage, "registry.example/plain:2").await;
    stage.settled().await;
    assert_refused(&stage, "botmodules", "plain");
    let before = accepted(&stage, PLAIN);
    assert!(before <= 2, "{}", stage.edge.listing());
    enforce(&stage, "privileged").await;
    rule.release();
    settle(&stage).await;
    assert_eq!(accepted(&stage, PLAIN), before, "{}", stage.edge.listing());
    assert_nothing_was_deleted(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_was_replaced_unseen_is_not_taken_for_the_new_one() {
    let stage = bot::settled("stale").await;
    let rule = hold(&stage.edge, "botmodules");
    let old = stage.objects.existing("botmodules", "plain").await;
    stage.objects.delete("botmodules", "plain").await;
    stage.objects.wait_until_gone("deployments", PLAIN, LONG).await;
    stage.apply(BOT).await;
    let new = stage.objects.existing("botmodules", "plain").await;
    assert_ne!(old["metadata"]["uid"], new["metadata"]["uid"]);
    rule.release();
    settle(&stage).await;
    let live = stage.objects.existing("deployments", PLAIN).await;
    assert_eq!(live["metadata"]["ownerReferences"][0]["uid"], new["metadata"]["uid"]);
    assert_nothing_was_deleted(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_config_map_that_somebody_edits_unseen_is_written_once_more() {
    let stage = bot::settled("stale").await;
    let rule = hold(&stage.edge, "configmaps");
    let edit = json!({ "data": { "config.yaml": "answer: 0" } });
    stage.objects.patch("configmaps", FULL_CONFIG, edit).await;
    stage.edge.clear();
    stage.change("full", json!({ "moduleConfig": "answer: 42" })).await;
    let is_obeyed =
        |live: Option<&Value>| (live?["data"]["config.yaml"] == "answer: 42").then_some(());
    stage.objects.wait("configmaps", FULL_CONFIG, LONG, is_obeyed).await;
    settle(&stage).await;
    assert_refused(&stage, "configmaps", FULL_CONFIG);
    assert_eq!(accepted(&stage, FULL_CONFIG), 1, "{}", stage.edge.listing());
    assert_eq!(accepted(&stage, FULL), 1, "{}", stage.edge.listing());
    rule.release();
    settle(&stage).await;
    assert_eq!(accepted(&stage, FULL_CONFIG), 1, "{}", stage.edge.listing());
    assert_nothing_was_deleted(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_object_is_made_once_though_no_watch_tells_of_it() {
    const CHILDREN: [&str; 5] =
        ["configmaps", "deployments", "persistentvolumeclaims", "secrets", "services"];
    let mut stage = Stage::without_operator("late").await;
    let rule = stage.edge.rule(|r| CHILDREN.contains(&&*r.resource), Fault::HoldEvents);
    stage.start().await;
    // The answer to the first thing made is lost: what a read finds then must reach everybody.
    let lost = stage.edge.rule(|r| r.is(Verb::Create, "secrets"), Fault::CutAfter.times(1));
    stage.apply(BOT).await;
    for name in [PLAIN, FULL] {
        stage.objects.wait_until_there("deployments", name, LONG).await;
    }
    stage.settled().await;
    assert_eq!(lost.hits(), 1);
    rule.release();
    settle(&stage).await;
    let mut made: Vec<String> =
        stage.edge.writes().iter().filter(|r| is_making(r) && r.succeeded()).map(what).collect();
    made.sort();
    let distinct = made.len();
    made.dedup();
    assert_eq!(made.len(), distinct, "{}", stage.edge.listing());
    stage.stop().await;
}

fn is_making(request: &Request) -> bool {
    request.subresource.is_none() && matches!(request.verb, Verb::Create | Verb::Apply)
}

fn what(request: &Request) -> String {
    let name = request.name.as_deref().or(request.body["metadata"]["name"].as_str());
    format!("{}/{}", request.resource, name.unwrap_or_default())
}
