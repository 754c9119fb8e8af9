//! A module that gets a claim must not roll any more: two pods cannot have the claim at once.

use crate::cluster::Casing;
use crate::operator::{LONG, cluster};
use crate::scene::Scene;
use crate::support::{Request, Verb};
use serde_json::{Value, json};

const MODULE: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: example/echo:1}
";

const SHARED: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-echo-module}
spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}}
";

const DEPLOYMENT: (&str, &str) = ("deployments", "eevee-echo-module");

/// Waits until the pods are recreated. Gives what was sent for it.
async fn becomes_recreate(scene: &Scene<'_>) -> Vec<Request> {
    let is_recreate = |live: Option<&Value>| {
        let strategy = &live?["spec"]["strategy"];
        (*strategy == json!({ "type": "Recreate" })).then_some(())
    };
    scene.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, is_recreate).await;
    scene.module_is_ready("echo").await;
    scene.settled().await;
    let refused = scene.edge.select(|request| request.status == Some(422));
    assert!(refused.is_empty(), "{refused:?}");
    // Where the cluster was faster, it is asked again.
    scene.edge.select(|request| {
        request.is_write() && request.resource == DEPLOYMENT.0 && request.status != Some(409)
    })
}

async fn add_claim(scene: &Scene<'_>) {
    let claim = json!({ "spec": { "persistentVolumeClaim": {} } });
    scene.objects.patch("botmodules", "echo", claim).await;
}

#[track_caller]
fn verbs(requests: &[Request]) -> Vec<Verb> {
    requests.iter().map(|request| request.verb).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_ours_becomes_recreate_in_one_apply() {
    let mut scene = Scene::started("strategy").await;
    scene.apply(MODULE).await;
    scene.module_is_ready("echo").await;
    scene.edge.clear();
    add_claim(&scene).await;
    assert_eq!(verbs(&becomes_recreate(&scene).await), [Verb::Apply]);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_update_that_somebody_else_owns_too_is_taken_off_by_one_patch_before() {
    let mut scene = Scene::started("strategy").await;
    scene.apply(MODULE).await;
    scene.module_is_ready("echo").await;
    // The same value, so that it is owned by both.
    scene.apply(SHARED).await;
    scene.settled().await;
    scene.edge.clear();
    add_claim(&scene).await;
    assert_eq!(verbs(&becomes_recreate(&scene).await), [Verb::Patch, Verb::Apply]);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_is_taken_over_becomes_recreate_with_its_one_patch() {
    let mut scene = Scene::new((cluster(), Casing::Camel), "strategy").await;
    scene.apply(MODULE).await;
    add_claim(&scene).await;
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
    let made = scene.objects.create(theirs).await;
    assert_eq!(made["spec"]["strategy"]["type"], "RollingUpdate");
    scene.start().await;
    assert_eq!(verbs(&becomes_recreate(&scene).await), [Verb::Patch, Verb::Apply]);
    scene.stop().await;
}
