//! Modules restarted through the HTTP API.

use crate::http_client::{Answer, Client, post, request};
use crate::operator::{LONG, Running, TOKEN, settings};
use crate::scene::{Scene, has_rolled_out, text};
use crate::support::{Edge, Verb};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

const BOT: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec:
  image: example/echo:1
  moduleConfig: 'a: 1'
  podAnnotations: {example.org/mine: kept}
";

const DEPLOYMENT: (&str, &str) = ("deployments", "eevee-echo-module");
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Between two questions whether a replica is ready: nothing tells of it.
const PAUSE: Duration = Duration::from_millis(50);

async fn module(prefix: &str) -> Scene<'static> {
    let scene = Scene::started(prefix).await;
    scene.apply(BOT).await;
    scene.module_is_ready("echo").await;
    let theirs = json!({ "spec": { "template": { "metadata": { "annotations": {
        "example.org/theirs": "kept",
    } } } } });
    scene.objects.patch(DEPLOYMENT.0, DEPLOYMENT.1, theirs).await;
    rolled_out(&scene, |annotations| annotations["example.org/theirs"] == "kept").await;
    scene
}

/// The annotations of its pods once they are as wanted and rolled out.
async fn rolled_out(scene: &Scene<'_>, wanted: impl Fn(&Value) -> bool) -> Value {
    let is_wanted = |live: Option<&Value>| {
        let annotations = &live?["spec"]["template"]["metadata"]["annotations"];
        (wanted(annotations) && has_rolled_out(live?)).then(|| annotations.clone())
    };
    scene.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, is_wanted).await
}

async fn restart(replica: SocketAddr, namespace: &str) -> Answer {
    let mut client = Client::connect(replica).await;
    let body = json!({ "moduleName": "echo", "namespace": namespace }).to_string();
    let authorization = format!("Bearer {TOKEN}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    client.send(post("/api/action/restart-module", &headers, &body)).await;
    client.answer().await
}

async fn get(replica: SocketAddr, path: &str) -> Answer {
    let mut client = Client::connect(replica).await;
    client.send(request("GET", path, &[])).await;
    client.answer().await
}

/// Asks a replica to restart the module, and checks all that comes of it.
async fn restarts(scene: &Scene<'_>, replica: SocketAddr) {
    let before = rolled_out(scene, |_| true).await;
    let pods_before = scene.objects.names("pods").await;
    let answer = restart(replica, scene.objects.namespace()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["message"], "Module echo restart initiated successfully");
    let mut after =
        rolled_out(scene, |annotations| annotations[RESTARTED_AT] != before[RESTARTED_AT]).await;
    let running = |pods: Vec<Value>| {
        let stays = |pod: &Value| pod["metadata"]["deletionTimestamp"].is_null();
        let pods = pods.into_iter().filter(stays);
        pods.map(|pod| text(&pod, "/metadata/name").to_owned()).collect::<Vec<_>>()
    };
    let pods_after = running(scene.objects.list("pods").await);
    assert_eq!(pods_after.len(), 1);
    assert!(!pods_before.contains(&pods_after[0]), "{pods_before:?} and then {pods_after:?}");
    let mut before = before;
    for annotations in [&mut before, &mut after] {
        annotations.as_object_mut().expect("annotations").remove(RESTARTED_AT);
    }
    assert_eq!(after, before);
    let metrics = get(replica, "/metrics").await.body;
    let counted = metrics.lines().any(|line| {
        line.starts_with("eevee_operator_module_restarts_total{")
            && line.contains(r#"module_name="echo""#)
            && line.contains(&format!("namespace={:?}", scene.objects.namespace()))
            && line.contains(r#"success="true""#)
            && line.ends_with(" 1")
    });
    assert!(counted, "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_replaces_the_pods_and_leaves_all_else() {
    let mut scene = module("restart").await;
    scene.settled().await;
    scene.edge.clear();
    restarts(&scene, scene.address()).await;
    scene.settled().await;
    let on_deployments =
        |request: &crate::support::Request| request.is_write() && request.resource == DEPLOYMENT.0;
    let writes = scene.edge.select(on_deployments);
    let [patch] = &writes[..] else { panic!("more than the restart: {writes:?}") };
    assert_eq!(patch.query["fieldManager"], "eevee-operator-restart");
    scene.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_does_not_lead_restarts_modules_too() {
    let mut scene = module("follower").await;
    let edge = Edge::new();
    let settings = settings(scene.objects.namespace());
    let follower = Running::start_as(scene.cluster, settings, &edge, "follower").await;
    tokio::time::timeout(LONG, is_ready(follower.address)).await.expect("a ready follower");
    restarts(&scene, follower.address).await;
    let writes = edge.writes();
    let [restart] = &writes[..] else { panic!("more than the restart: {writes:?}") };
    assert!(restart.is(Verb::Patch, DEPLOYMENT.0), "{restart:?}");
    let metrics = get(follower.address, "/metrics").await.body;
    let leads = metrics.lines().find(|line| line.starts_with("leader_election_master_status"));
    assert!(leads.is_some_and(|line| line.ends_with(" 0")), "{leads:?}");
    follower.stop().await;
    scene.stop().await;
}

async fn is_ready(replica: SocketAddr) {
    while get(replica, "/readyz").await.status != 200 {
        tokio::time::sleep(PAUSE).await;
    }
}
