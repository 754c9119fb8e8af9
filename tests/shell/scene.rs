//! A namespace with an operator that can be started and stopped, and the bots in it.

use crate::cluster::{Casing, Cluster};
use crate::operator::{LONG, Running};
use crate::support::{Edge, Objects, Verb, condition, documents};
use serde_json::Value;
use std::time::Duration;

/// Longer than the operator holds back a status that says new numbers of replicas and nothing else.
pub const QUIET: Duration = Duration::from_secs(7);

pub struct Scene<'a> {
    pub cluster: &'a Cluster,
    pub casing: Casing,
    pub objects: Objects,
    pub edge: Edge,
    running: Option<Running>,
}

impl<'a> Scene<'a> {
    /// Without an operator.
    pub async fn new((cluster, casing): (&'a Cluster, Casing), prefix: &str) -> Scene<'a> {
        let objects = Objects::in_fresh_namespace(cluster, prefix).await;
        Scene { cluster, casing, objects, edge: Edge::new(), running: None }
    }

    /// On the cluster that most tests share, with an operator.
    pub async fn started(prefix: &str) -> Scene<'static> {
        let mut scene = Scene::new((crate::operator::cluster(), Casing::Camel), prefix).await;
        scene.start().await;
        scene
    }

    pub async fn start(&mut self) {
        self.running = Some(Running::start(self.cluster, &self.objects, &self.edge).await);
    }

    pub async fn stop(&mut self) {
        self.running.take().expect("an operator").stop().await;
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.running.as_ref().expect("an operator").address
    }

    /// Applies documents as field manager `test`, our own kinds as the cluster serves them.
    pub async fn apply(&self, text: &str) {
        self.apply_all(documents(text)).await;
    }

    pub async fn apply_all(&self, documents: Vec<Value>) {
        for mut document in documents {
            document["kind"] = self.kind(document["kind"].as_str().expect("a kind")).into();
            self.objects.apply_value(document).await;
        }
    }

    /// A kind as the cluster serves it.
    pub fn kind(&self, kind: &str) -> String {
        let is_ours = ["botmodule", "ipcconfig"].contains(&kind.to_lowercase().as_str());
        match self.casing {
            Casing::Lower if is_ours => kind.to_lowercase(),
            _ => kind.to_owned(),
        }
    }

    /// Waits until a module is Ready as its spec says now.
    pub async fn module_is_ready(&self, name: &str) -> Value {
        self.is_ready("botmodules", name).await
    }

    pub async fn nats_is_ready(&self, name: &str) -> Value {
        self.is_ready("ipcconfigs", name).await
    }

    pub async fn is_ready(&self, resource: &str, name: &str) -> Value {
        self.objects
            .wait(resource, name, LONG, |live| {
                let live = live?;
                let is_current =
                    live["status"]["observedGeneration"] == live["metadata"]["generation"];
                let is_ready = condition(live, "Ready")?["status"] == "True";
                (is_current && is_ready).then(|| live.clone())
            })
            .await
    }

    /// Waits until nothing is written any more.
    pub async fn settled(&self) {
        self.edge.settled(QUIET, LONG).await;
    }

    /// Starts the operator once more and waits until it has looked at everything. It must write nothing.
    pub async fn starts_without_a_write(&mut self) {
        self.settled().await;
        self.stop().await;
        self.edge.clear();
        self.start().await;
        let looks = |request: &crate::support::Request| {
            request.is(Verb::Get, "secrets") && request.status.is_some()
        };
        self.edge.wait_for_request("the first look", LONG, looks).await;
        self.settled().await;
        let writes = self.edge.writes();
        assert!(writes.is_empty(), "a start in sync wrote {writes:#?}");
    }

    /// kubectl in the namespace.
    pub fn kubectl(&self, args: &[&str], stdin: Option<&str>) -> String {
        let namespace = format!("--namespace={}", self.objects.namespace());
        let args = [args, &[namespace.as_str()]].concat();
        tokio::task::block_in_place(|| self.cluster.kubectl(&args, stdin).success())
    }
}

/// What the operator asked of the cluster, for whoever looks at a test that fails.
impl Drop for Scene<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("requests of the operator:\n{}", self.edge.listing());
        }
    }
}

/// A text somewhere in an object; empty where there is none.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// Whether all pods of a Deployment are of its last template and available.
pub fn has_rolled_out(deployment: &Value) -> bool {
    let number = |pointer: &str| deployment.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let wanted = number("/spec/replicas");
    number("/status/observedGeneration") == number("/metadata/generation")
        && ["replicas", "updatedReplicas", "availableReplicas"]
            .iter()
            .all(|count| number(&format!("/status/{count}")) == wanted)
}
