//! A module that gets a claim must not roll any more: two pods cannot have the claim at once.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Request, Verb};
use serde_json::{Value, json};

const SHARED: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-echo-module}
spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}}
";

const DEPLOYMENT: (&str, &str) = ("deployments", "eevee-echo-module");

/// Waits until the pods are recreated. Gives what was sent for it.
async fn becomes_recreate(stage: &Stage<'_>) -> Vec<Request> {
    let is_recreate = |live: Option<&Value>| {
        let strategy = &live?["spec"]["strategy"];
        (*strategy == json!({ "type": "Recreate" })).then_some(())
    };
    stage.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, is_recreate).await;
    stage.ready("echo").await;
    stage.settled().await;
    let refused = stage.edge.select(|request| request.status == Some(422));
    assert!(refused.is_empty(), "{refused:?}");
    // Where the cluster was faster, it is asked again.
    stage.edge.select(|request| {
        request.is_write() && request.resource == DEPLOYMENT.0 && request.status != Some(409)
    })
}

async fn add_claim(stage: &Stage<'_>) {
    stage.change("echo", json!({ "persistentVolumeClaim": {} })).await;
}

#[track_caller]
fn verbs(requests: &[Request]) -> Vec<Verb> {
    requests.iter().map(|request| request.verb).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_ours_becomes_recreate_in_one_apply() {
    let mut stage = Stage::set("strategy").await;
    stage.apply_module("echo", json!({ "image": "example/echo:1" })).await;
    stage.ready("echo").await;
    stage.edge.clear();
    add_claim(&stage).await;
    assert_eq!(verbs(&becomes_recreate(&stage).await), [Verb::Apply]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_update_that_somebody_else_owns_too_is_taken_off_by_one_patch_before() {
    let mut stage = Stage::set("strategy").await;
    stage.apply_module("echo", json!({ "image": "example/echo:1" })).await;
    stage.ready("echo").await;
    // The same value, so that it is owned by both.
    stage.apply(SHARED).await;
    stage.settled().await;
    stage.edge.clear();
    add_claim(&stage).await;
    assert_eq!(verbs(&becomes_recreate(&stage).await), [Verb::Patch, Verb::Apply]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_is_taken_over_becomes_recreate_with_its_one_patch() {
    let mut stage = Stage::without_operator("strategy").await;
    stage.apply_module("echo", json!({ "image": "example/echo:1" })).await;
    add_claim(&stage).await;
    let labels = json!({ "eevee.bot/module": "echo" });
    let theirs = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": DEPLOYMENT.1 },
        "spec": {
            "replicas": 1,
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "module", "image": "example/echo:1" }] },
            },
        },
    });
    let made = stage.objects.create(theirs).await;
    assert_eq!(made["spec"]["strategy"]["type"], "RollingUpdate");
    stage.start().await;
    assert_eq!(verbs(&becomes_recreate(&stage).await), [Verb::Patch, Verb::Apply]);
    stage.stop().await;
}
