//! An operator at work in a namespace of its own, and modules for it.

#![allow(dead_code, reason = "each topic uses its own part")]

use crate::bot::{WATCHED, expire_watches};
use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, Objects, Request, Verb, condition};
use serde_json::{Value, json};
use std::time::Duration;

/// No write for so long is none at all: the operator's own timers are shorter or take minutes.
pub const QUIET: Duration = Duration::from_secs(3);

pub struct Stage {
    pub objects: Objects,
    pub edge: Edge,
    pub running: Running,
}

impl Stage {
    pub async fn set(prefix: &str) -> Stage {
        let cluster = cluster();
        let objects = Objects::in_fresh_namespace(cluster, prefix).await;
        let edge = Edge::new();
        let running = Running::start(cluster, &objects, &edge).await;
        Stage { objects, edge, running }
    }

    pub fn namespace(&self) -> &str {
        self.objects.namespace()
    }

    pub async fn apply_module(&self, name: &str, spec: Value) {
        self.objects.apply_value(module(name, spec)).await;
    }

    /// Merges into the spec of a module.
    pub async fn change(&self, module: &str, spec: Value) {
        self.objects.patch("botmodules", module, json!({ "spec": spec })).await;
    }

    pub async fn annotate(&self, (resource, name): (&str, &str), key: &str, value: Value) {
        let annotations = json!({ "metadata": { "annotations": { key: value } } });
        self.objects.patch(resource, name, annotations).await;
    }

    pub async fn ready(&self, module: &str) -> Value {
        let status = ("True", "AvailableReplicas");
        self.objects.wait_for_condition(("botmodules", module), "Ready", status, LONG).await
    }

    /// Waits until the status speaks of the newest spec and says Ready.
    pub async fn caught_up(&self, module: &str) -> Value {
        let is_there = |live: Option<&Value>| {
            let live = live?;
            let is_newest = live["status"]["observedGeneration"] == live["metadata"]["generation"];
            let is_ready = condition(live, "Ready")?["status"] == "True";
            (is_newest && is_ready).then(|| live.clone())
        };
        self.objects.wait("botmodules", module, LONG, is_there).await
    }

    pub async fn settled(&self) {
        self.edge.settled(QUIET, LONG).await;
    }

    /// Makes every watch begin anew with a list, and waits for the lists.
    pub async fn relist(&self) {
        let whole = |requests: &[Request]| {
            let is_whole = |request: &&Request| request.verb == Verb::List && request.succeeded();
            requests.iter().filter(is_whole).count()
        };
        let before = whole(&self.edge.requests());
        let _rules = expire_watches(&self.edge);
        let are_back =
            |requests: &[Request]| (whole(requests) >= before + WATCHED.len()).then_some(());
        self.edge.wait_for("all watches begin anew", LONG, are_back).await;
    }

    /// The writes so far to the Deployment of a module.
    pub fn deployment_writes(&self, module: &str) -> Vec<Request> {
        let (namespace, name) = (self.namespace().to_owned(), deployment(module));
        self.edge.select(|request| {
            request.is_write()
                && request.resource == "deployments"
                && request.names(&namespace, &name)
        })
    }

    /// Notes of the events with a reason about one object.
    pub async fn told(&self, reason: &str, about: &str) -> Vec<String> {
        let events = self.objects.list("events").await;
        let told = events
            .iter()
            .filter(|event| event["reason"] == reason && event["involvedObject"]["name"] == about);
        told.map(|event| event["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many revisions a Deployment has had.
    pub async fn revisions(&self, deployment: &str) -> usize {
        let sets = self.objects.list("replicasets").await;
        let of_it = |set: &&Value| set["metadata"]["ownerReferences"][0]["name"] == deployment;
        sets.iter().filter(of_it).count()
    }
}

pub fn module(name: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "eevee.bot/v1",
        "kind": "BotModule",
        "metadata": { "name": name },
        "spec": spec,
    })
}

/// An IpcConfig with a NATS of its own.
pub fn ipc_config(name: &str) -> Value {
    json!({
        "apiVersion": "eevee.bot/v1",
        "kind": "IpcConfig",
        "metadata": { "name": name },
        "spec": {},
    })
}

pub fn deployment(module: &str) -> String {
    format!("eevee-{module}-module")
}

/// The message of a condition.
pub fn message<'a>(object: &'a Value, kind: &str) -> &'a str {
    condition(object, kind).and_then(|found| found["message"].as_str()).unwrap_or_default()
}
