//! Watches that lag behind: what was decided on an old state does no harm.

use crate::bot::{BOT, FULL, FULL_CONFIG, PLAIN, QUIET, Scene, all_ready};
use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, Fault, Objects, Request, Rule, Verb};
use serde_json::{Value, json};

/// Watches of a resource tell nothing until the rule is dropped.
fn hold(edge: &Edge, resource: &'static str) -> Rule {
    edge.rule(move |r| r.resource == resource, Fault::HoldEvents)
}

/// How many writes to the object of that name the API server has accepted.
fn accepted(scene: &Scene, name: &str) -> usize {
    let writes = scene.edge.writes();
    writes.iter().filter(|r| r.names(scene.objects.namespace(), name) && r.succeeded()).count()
}

/// What was decided on an old state was refused, not written over the new one.
fn assert_refused(scene: &Scene, resource: &str, name: &str) {
    let refused = scene.edge.select(|r| {
        r.resource == resource && r.name.as_deref() == Some(name) && r.status == Some(409)
    });
    assert!(!refused.is_empty(), "{}", scene.edge.listing());
}

fn assert_nothing_was_deleted(scene: &Scene) {
    let deletions = scene.edge.select(|r| r.verb == Verb::Delete);
    assert!(deletions.is_empty(), "{deletions:?}");
}

fn image(deployment: &Value) -> &str {
    let image = deployment.pointer("/spec/template/spec/containers/0/image");
    image.and_then(Value::as_str).unwrap_or_default()
}

async fn set_image(scene: &Scene, image: &str) {
    scene.objects.patch("botmodules", "plain", json!({ "spec": { "image": image } })).await;
}

async fn deployment_gets(scene: &Scene, wanted: &'static str) -> Value {
    scene
        .objects
        .wait("deployments", PLAIN, LONG, |live| live.filter(|live| image(live) == wanted).cloned())
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_somebody_edits_unseen_is_written_once_more() {
    let scene = Scene::settled("stale").await;
    let rule = hold(&scene.edge, "deployments");
    scene.objects.patch("deployments", PLAIN, json!({ "spec": { "replicas": 4 } })).await;
    scene.edge.clear();
    set_image(&scene, "registry.example/plain:2").await;
    let live = deployment_gets(&scene, "registry.example/plain:2").await;
    assert_eq!(live["spec"]["replicas"], 1, "one write for all that differs");
    assert_refused(&scene, "deployments", PLAIN);
    scene.edge.settled(QUIET, LONG).await;
    assert_eq!(accepted(&scene, PLAIN), 1, "{}", scene.edge.listing());
    rule.release();
    scene.settle().await;
    assert_eq!(accepted(&scene, PLAIN), 1, "{}", scene.edge.listing());
    assert_nothing_was_deleted(&scene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_come_faster_than_the_watch_of_deployments_are_written_once_each() {
    let scene = Scene::settled("stale").await;
    let rule = hold(&scene.edge, "deployments");
    scene.edge.clear();
    for image in ["registry.example/plain:2", "registry.example/plain:3"] {
        set_image(&scene, image).await;
        deployment_gets(&scene, image).await;
        scene.edge.settled(QUIET, LONG).await;
    }
    assert_eq!(accepted(&scene, PLAIN), 2, "{}", scene.edge.listing());
    rule.release();
    scene.settle().await;
    assert_eq!(accepted(&scene, PLAIN), 2, "{}", scene.edge.listing());
    assert_nothing_was_deleted(&scene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_that_nobody_sees_is_undone_once_when_it_is_seen() {
    let scene = Scene::settled("stale").await;
    let rule = hold(&scene.edge, "deployments");
    scene.objects.patch("deployments", PLAIN, json!({ "spec": { "replicas": 4 } })).await;
    scene.edge.clear();
    scene.edge.settled(QUIET, LONG).await;
    assert_eq!(accepted(&scene, PLAIN), 0);
    rule.release();
    scene.edge.wait_for_request("the change", LONG, |r| r.is(Verb::Apply, "deployments")).await;
    scene.settle().await;
    // What is seen first may be older than the edit.
    assert_eq!(accepted(&scene, PLAIN), 1, "{}", scene.edge.listing());
    let live = scene.objects.get("deployments", PLAIN).await.expect("the Deployment");
    assert_eq!(live["spec"]["replicas"], 1);
    assert_nothing_was_deleted(&scene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spec_that_changes_unseen_is_obeyed_as_soon_as_a_write_meets_it() {
    let scene = Scene::settled("stale").await;
    let rule = hold(&scene.edge, "botmodules");
    set_image(&scene, "registry.example/plain:2").await;
    scene.edge.clear();
    scene.objects.delete("deployments", PLAIN).await;
    // Made of the old spec; the status, which speaks of the module, is then refused.
    deployment_gets(&scene, "registry.example/plain:2").await;
    scene.edge.settled(QUIET, LONG).await;
    assert_refused(&scene, "botmodules", "plain");
    let before = accepted(&scene, PLAIN);
    assert!(before <= 2, "{}", scene.edge.listing());
    rule.release();
    scene.settle().await;
    assert_eq!(accepted(&scene, PLAIN), before, "{}", scene.edge.listing());
    assert_nothing_was_deleted(&scene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_was_replaced_unseen_is_not_taken_for_the_new_one() {
    let scene = Scene::settled("stale").await;
    let rule = hold(&scene.edge, "botmodules");
    let old = scene.objects.get("botmodules", "plain").await.expect("the module");
    scene.objects.delete("botmodules", "plain").await;
    scene.objects.wait_until_gone("deployments", PLAIN, LONG).await;
    scene.objects.apply(BOT).await;
    let new = scene.objects.get("botmodules", "plain").await.expect("the module");
    assert_ne!(old["metadata"]["uid"], new["metadata"]["uid"]);
    rule.release();
    scene.settle().await;
    let live = scene.objects.get("deployments", PLAIN).await.expect("the Deployment");
    assert_eq!(live["metadata"]["ownerReferences"][0]["uid"], new["metadata"]["uid"]);
    assert_nothing_was_deleted(&scene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_config_map_that_somebody_edits_unseen_is_written_once_more() {
    let scene = Scene::settled("stale").await;
    let rule = hold(&scene.edge, "configmaps");
    let edit = json!({ "data": { "config.yaml": "answer: 0" } });
    scene.objects.patch("configmaps", FULL_CONFIG, edit).await;
    scene.edge.clear();
    let change = json!({ "spec": { "moduleConfig": "answer: 42" } });
    scene.objects.patch("botmodules", "full", change).await;
    let is_obeyed =
        |live: Option<&Value>| (live?["data"]["config.yaml"] == "answer: 42").then_some(());
    scene.objects.wait("configmaps", FULL_CONFIG, LONG, is_obeyed).await;
    scene.settle().await;
    assert_refused(&scene, "configmaps", FULL_CONFIG);
    assert_eq!(accepted(&scene, FULL_CONFIG), 1, "{}", scene.edge.listing());
    assert_eq!(accepted(&scene, FULL), 1, "{}", scene.edge.listing());
    rule.release();
    scene.settle().await;
    assert_eq!(accepted(&scene, FULL_CONFIG), 1, "{}", scene.edge.listing());
    assert_nothing_was_deleted(&scene);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_object_is_made_once_though_no_watch_tells_of_it() {
    const CHILDREN: [&str; 5] =
        ["configmaps", "deployments", "persistentvolumeclaims", "secrets", "services"];
    let objects = Objects::in_fresh_namespace(cluster(), "late").await;
    let edge = Edge::new();
    let rule = edge.rule(|r| CHILDREN.contains(&&*r.resource), Fault::HoldEvents);
    let running = Running::start(cluster(), &objects, &edge).await;
    // The answer to the first thing made is lost: what a read finds then must reach everybody.
    let lost = edge.rule(|r| r.is(Verb::Create, "secrets"), Fault::CutAfter.times(1));
    objects.apply(BOT).await;
    for name in [PLAIN, FULL] {
        objects.wait("deployments", name, LONG, |live| live.map(|_| ())).await;
    }
    edge.settled(QUIET, LONG).await;
    assert_eq!(lost.hits(), 1);
    rule.release();
    all_ready(&objects).await;
    edge.settled(QUIET, LONG).await;
    let mut made: Vec<String> =
        edge.writes().iter().filter(|r| is_making(r) && r.succeeded()).map(what).collect();
    made.sort();
    let distinct = made.len();
    made.dedup();
    assert_eq!(made.len(), distinct, "{}", edge.listing());
    running.stop().await;
}

fn is_making(request: &Request) -> bool {
    request.subresource.is_none() && matches!(request.verb, Verb::Create | Verb::Apply)
}

fn what(request: &Request) -> String {
    let name = request.name.as_deref().or(request.body["metadata"]["name"].as_str());
    format!("{}/{}", request.resource, name.unwrap_or_default())
}
