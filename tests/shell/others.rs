//! What kubectl and other controllers do to our objects, and may do.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{has_rolled_out, text};
use serde_json::{Value, json};

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

async fn module(prefix: &str) -> Stage<'static> {
    let stage = Stage::set(prefix).await;
    stage.apply_module("echo", json!({ "image": "example/echo:1" })).await;
    stage.ready("echo").await;
    stage
}

/// The Deployment once it is rolled out with this image of the module.
async fn rolled_out(stage: &Stage<'_>, image: &str) -> Value {
    stage
        .objects
        .wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, |live| {
            let live = live?;
            let is_wanted = image_of(live, "module") == image && has_rolled_out(live);
            is_wanted.then(|| live.clone())
        })
        .await
}

/// A new image is applied, which writes the whole Deployment again.
async fn update(stage: &Stage<'_>) -> Value {
    let image = "example/echo:2";
    stage.change("echo", json!({ "image": image })).await;
    let live = rolled_out(stage, image).await;
    stage.ready("echo").await;
    live
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
    let mut stage = module("rollout").await;
    let before = stage.pods().await;
    stage.kubectl(&["rollout", "restart", "deployment", DEPLOYMENT.1], None);
    stage.kubectl(&["rollout", "status", "deployment", DEPLOYMENT.1, "--timeout=60s"], None);
    let restarted = rolled_out(&stage, "example/echo:1").await;
    let at = pod_annotation(&restarted, RESTARTED_AT).to_owned();
    assert!(!at.is_empty());
    let after = stage.pods().await;
    assert!(!after.iter().any(|pod| before.contains(pod)), "{before:?} and then {after:?}");
    let updated = update(&stage).await;
    assert_eq!(pod_annotation(&updated, RESTARTED_AT), at);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resource_is_scaled_with_kubectl() {
    let mut stage = module("scale").await;
    stage.kubectl(&["scale", "botmodule", "echo", "--replicas=3"], None);
    let has_three = |live: Option<&Value>| {
        let live = live?;
        let spec = &live["spec"]["replicas"];
        (*spec == 3 && has_rolled_out(live)).then_some(())
    };
    stage.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, has_three).await;
    let is_told = |live: Option<&Value>| (live?["status"]["replicas"] == 3).then_some(());
    stage.objects.wait("botmodules", "echo", LONG, is_told).await;
    let scale: Value = serde_json::from_str(
        &stage.kubectl(&["get", "botmodule", "echo", "--subresource=scale", "--output=json"], None),
    )
    .expect("a scale");
    assert_eq!(scale["status"]["replicas"], 3);
    assert_eq!(text(&scale, "/status/selector"), "eevee.bot/module=echo");
    let updated = update(&stage).await;
    assert_eq!(updated["spec"]["replicas"], 3);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_injected_sidecar_stays_and_is_not_fought_over() {
    let mut stage = module("sidecar").await;
    stage.settled().await;
    stage.edge.clear();
    let inject = ["apply", "--server-side", "--field-manager=injector", "--filename=-"];
    stage.kubectl(&inject, Some(SIDECAR));
    is_injected(&rolled_out(&stage, "example/echo:1").await);
    stage.settled().await;
    let writes = stage.deployment_writes("echo");
    assert!(writes.is_empty(), "the operator wrote {writes:?}");
    is_injected(&update(&stage).await);
    stage.stop().await;
}

#[track_caller]
fn is_injected(live: &Value) {
    assert_eq!(image_of(live, "proxy"), "example/proxy:1");
    assert_eq!(pod_annotation(live, "injector.example/status"), "injected");
    assert_eq!(live["metadata"]["annotations"]["injector.example/version"], "1");
}
