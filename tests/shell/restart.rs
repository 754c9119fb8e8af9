//! Modules restarted through the HTTP API.

use crate::api::{get, restart};
use crate::operator::{LONG, Running, settings};
use crate::stage::Stage;
use crate::support::{Edge, Verb, has_rolled_out};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

const DEPLOYMENT: (&str, &str) = ("deployments", "eevee-echo-module");
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Between two questions whether a replica is ready: nothing tells of it.
const PAUSE: Duration = Duration::from_millis(50);

async fn module(prefix: &str) -> Stage<'static> {
    let stage = Stage::set(prefix).await;
    let spec = json!({
        "image": "example/echo:1",
        "moduleConfig": "a: 1",
        "podAnnotations": { "example.org/mine": "kept" },
    });
    stage.apply_module("echo", spec).await;
    stage.ready("echo").await;
    let theirs = json!({ "spec": { "template": { "metadata": { "annotations": {
        "example.org/theirs": "kept",
    } } } } });
    stage.objects.patch(DEPLOYMENT.0, DEPLOYMENT.1, theirs).await;
    rolled_out(&stage, |annotations| annotations["example.org/theirs"] == "kept").await;
    stage
}

/// The annotations of its pods once they are as wanted and rolled out.
async fn rolled_out(stage: &Stage<'_>, wanted: impl Fn(&Value) -> bool) -> Value {
    let is_wanted = |live: Option<&Value>| {
        let annotations = &live?["spec"]["template"]["metadata"]["annotations"];
        (wanted(annotations) && has_rolled_out(live?)).then(|| annotations.clone())
    };
    stage.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, is_wanted).await
}

/// Asks a replica to restart the module, and checks all that comes of it.
async fn restarts(stage: &Stage<'_>, replica: SocketAddr) {
    let before = rolled_out(stage, |_| true).await;
    let pods_before = stage.objects.names("pods").await;
    let answer = restart(replica, "echo", stage.namespace()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["message"], "Module echo restart initiated successfully");
    let mut after =
        rolled_out(stage, |annotations| annotations[RESTARTED_AT] != before[RESTARTED_AT]).await;
    let pods_after = stage.pods().await;
    assert_eq!(pods_after.len(), 1);
    assert!(!pods_before.contains(&pods_after[0]), "{pods_before:?} and then {pods_after:?}");
    let mut before = before;
    for annotations in [&mut before, &mut after] {
        annotations.as_object_mut().expect("annotations").remove(RESTARTED_AT);
    }
    assert_eq!(after, before);
    let metrics = get(replica, "/metrics", &[]).await.body;
    let counted = metrics.lines().any(|line| {
        line.starts_with("eevee_operator_module_restarts_total{")
            && line.contains(r#"module_name="echo""#)
            && line.contains(&format!("namespace={:?}", stage.namespace()))
            && line.contains(r#"success="true""#)
            && line.ends_with(" 1")
    });
    assert!(counted, "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_replaces_the_pods_and_leaves_all_else() {
    let mut stage = module("restart").await;
    stage.settled().await;
    stage.edge.clear();
    restarts(&stage, stage.address()).await;
    stage.settled().await;
    let writes = stage.deployment_writes("echo");
    let [patch] = &writes[..] else { panic!("more than the restart: {writes:?}") };
    assert_eq!(patch.query["fieldManager"], "eevee-operator-restart");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_does_not_lead_restarts_modules_too() {
    let mut stage = module("follower").await;
    let edge = Edge::new();
    let settings = settings(stage.namespace());
    let follower = Running::start_as(stage.cluster, settings, &edge, "follower").await;
    tokio::time::timeout(LONG, is_ready(follower.address)).await.expect("a ready follower");
    restarts(&stage, follower.address).await;
    let writes = edge.writes();
    let [restart] = &writes[..] else { panic!("more than the restart: {writes:?}") };
    assert!(restart.is(Verb::Patch, DEPLOYMENT.0), "{restart:?}");
    let metrics = get(follower.address, "/metrics", &[]).await.body;
    let leads = metrics.lines().find(|line| line.starts_with("leader_election_master_status"));
    assert!(leads.is_some_and(|line| line.ends_with(" 0")), "{leads:?}");
    follower.stop().await;
    stage.stop().await;
}

async fn is_ready(replica: SocketAddr) {
    while get(replica, "/readyz", &[]).await.status != 200 {
        tokio::time::sleep(PAUSE).await;
    }
}
