//! What kubectl and other controllers do to our objects, and may do.

use crate::operator::LONG;
use crate::scene::{Scene, has_rolled_out, text};
use serde_json::{Value, json};

const MODULE: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: example/echo:1}
";

const DEPLOYMENT: (&str, &str) = ("deployments", "eevee-echo-module");

const SIDECAR: &str = "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: eevee-echo-module
  annotations: {injector.example/version: '1'}
spec:
  template:
    metadata: {annotations: {injector.example/status: injected}}
    spec: {containers: [{name: proxy, image: example/proxy:1}]}
";

async fn module(prefix: &str) -> Scene<'static> {
    let scene = Scene::started(prefix).await;
    scene.apply(MODULE).await;
    scene.module_is_ready("echo").await;
    scene
}

/// The Deployment once it is rolled out with this image of the module.
async fn rolled_out(scene: &Scene<'_>, image: &str) -> Value {
    scene
        .objects
        .wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, |live| {
            let live = live?;
            let is_wanted = image_of(live, "module") == image && has_rolled_out(live);
            is_wanted.then(|| live.clone())
        })
        .await
}

/// A new image is applied, which writes the whole Deployment anew.
async fn update(scene: &Scene<'_>) -> Value {
    let image = "example/echo:2";
    scene.objects.patch("botmodules", "echo", json!({ "spec": { "image": image } })).await;
    let live = rolled_out(scene, image).await;
    scene.module_is_ready("echo").await;
    live
}

/// The names of the pods that stay.
async fn pods(scene: &Scene<'_>) -> Vec<String> {
    let mut pods = scene.objects.list("pods").await;
    pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
    pods.iter().map(|pod| text(pod, "/metadata/name").to_owned()).collect()
}

fn image_of<'a>(deployment: &'a Value, container: &str) -> &'a str {
    let containers = deployment["spec"]["template"]["spec"]["containers"].as_array();
    let mut named = containers.into_iter().flatten().filter(|found| found["name"] == container);
    named.next().map(|found| text(found, "/image")).unwrap_or_default()
}

fn pod_annotation<'a>(deployment: &'a Value, name: &str) -> &'a str {
    deployment["spec"]["template"]["metadata"]["annotations"][name].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_restart_stays() {
    const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
    let mut scene = module("rollout").await;
    let before = pods(&scene).await;
    scene.kubectl(&["rollout", "restart", "deployment", DEPLOYMENT.1], None);
    scene.kubectl(&["rollout", "status", "deployment", DEPLOYMENT.1, "--timeout=60s"], None);
    let restarted = rolled_out(&scene, "example/echo:1").await;
    let at = pod_annotation(&restarted, RESTARTED_AT).to_owned();
    assert!(!at.is_empty());
    let after = pods(&scene).await;
    assert!(!after.iter().any(|pod| before.contains(pod)), "{before:?} and then {after:?}");
    let updated = update(&scene).await;
    assert_eq!(pod_annotation(&updated, RESTARTED_AT), at);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resource_is_scaled_with_kubectl() {
    let mut scene = module("scale").await;
    scene.kubectl(&["scale", "botmodule", "echo", "--replicas=3"], None);
    let has_three = |live: Option<&Value>| {
        let live = live?;
        let spec = &live["spec"]["replicas"];
        (*spec == 3 && has_rolled_out(live)).then_some(())
    };
    scene.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, has_three).await;
    let is_told = |live: Option<&Value>| (live?["status"]["replicas"] == 3).then_some(());
    scene.objects.wait("botmodules", "echo", LONG, is_told).await;
    let scale: Value = serde_json::from_str(
        &scene.kubectl(&["get", "botmodule", "echo", "--subresource=scale", "--output=json"], None),
    )
    .expect("a scale");
    assert_eq!(scale["status"]["replicas"], 3);
    assert_eq!(text(&scale, "/status/selector"), "eevee.bot/module=echo");
    let updated = update(&scene).await;
    assert_eq!(updated["spec"]["replicas"], 3);
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_injected_sidecar_stays_and_is_not_fought_over() {
    let mut scene = module("sidecar").await;
    scene.settled().await;
    scene.edge.clear();
    let inject = ["apply", "--server-side", "--field-manager=injector", "--filename=-"];
    scene.kubectl(&inject, Some(SIDECAR));
    is_injected(&rolled_out(&scene, "example/echo:1").await);
    scene.settled().await;
    let writes =
        scene.edge.select(|request| request.is_write() && request.resource == DEPLOYMENT.0);
    assert!(writes.is_empty(), "the operator wrote {writes:?}");
    is_injected(&update(&scene).await);
    scene.stop().await;
}

#[track_caller]
fn is_injected(live: &Value) {
    assert_eq!(image_of(live, "proxy"), "example/proxy:1");
    assert_eq!(pod_annotation(live, "injector.example/status"), "injected");
    assert_eq!(live["metadata"]["annotations"]["injector.example/version"], "1");
}
