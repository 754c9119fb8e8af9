//! A module and its NATS server on a tiny cluster whose controllers do what the test says.

use crate::support;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Input};
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::offline;
use eevee_operator::render::{live_condition, render};
use eevee_operator::snapshot::ClusterSnapshot;
use eevee_operator::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// Rounds within which all is done that can be.
const ROUNDS: usize = 8;

/// A custom resource of the bot.
pub struct Part {
    pub kind: Kind,
    pub name: &'static str,
    pub deployment: &'static str,
    /// Reason of what does not become available.
    pub unavailable: &'static str,
    /// JSON pointer of its image.
    pub image: &'static str,
}

pub const MODULE: Part = Part {
    kind: Kind::BotModule,
    name: "echo",
    deployment: "eevee-echo-module",
    unavailable: "UnavailableReplicas",
    image: "/spec/image",
};

pub const NATS: Part = Part {
    kind: Kind::IpcConfig,
    name: "main",
    deployment: "eevee-main-nats",
    unavailable: "NatsUnavailable",
    image: "/spec/nats/managed/image",
};

/// Both: what holds of one Deployment holds of the other.
pub const PARTS: [&Part; 2] = [&MODULE, &NATS];

const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {nats: {managed: {image: 'nats:1'}}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: 'echo:1', ipcConfig: main}
";

pub struct Bot(World);

impl Bot {
    /// One that has just been applied.
    pub fn new() -> Self {
        Self::of(BOT)
    }

    /// One whose resources are told as YAML.
    pub fn of(text: &str) -> Self {
        let source = Input { name: "bot.yaml".to_owned(), text: text.to_owned() };
        let loaded = manifest::load(&[source], support::defaults()).expect("a bot");
        assert!(loaded.faults.is_empty(), "{}", loaded.faults[0]);
        Self(offline::admitted(loaded))
    }

    /// One all pods of which run.
    pub fn settled() -> Self {
        let mut bot = Self::new();
        for _ in 0..ROUNDS {
            bot.round();
            bot.0.settle_workloads();
        }
        bot.reconcile();
        bot
    }

    pub fn actions(&self) -> Vec<ApplyAction> {
        render(self.0.snapshot())
    }

    /// Does what is to be done now.
    pub fn round(&mut self) -> Vec<ApplyAction> {
        let actions = self.actions();
        self.perform(&actions);
        actions
    }

    pub fn perform(&mut self, actions: &[ApplyAction]) {
        let refused = self.0.perform_all(actions);
        assert!(refused.is_empty(), "{refused:?}");
    }

    /// Does all that is to be done. The controllers of Deployments look away.
    pub fn reconcile(&mut self) {
        for _ in 0..ROUNDS {
            if self.round().is_empty() {
                return;
            }
        }
        panic!("it does not settle: {:?}", self.actions());
    }

    /// Lets the controllers of Deployments do their work.
    pub fn roll_out(&mut self) {
        self.0.settle_workloads();
    }

    pub fn pass_seconds(&mut self, seconds: i64) {
        let snapshot = self.0.snapshot_mut();
        snapshot.now += jiff::SignedDuration::from_secs(seconds);
    }

    pub fn get(&self, kind: Kind, name: &str) -> Arc<Object> {
        let reference = ObjectRef::new(kind, "eevee-bot", name);
        let object = self.0.snapshot().get(&reference).expect("read").expect("there");
        Arc::clone(object)
    }

    /// Changes an object as somebody else does.
    pub fn edit(&mut self, kind: Kind, name: &str, change: impl FnOnce(&mut Value)) {
        let mut object = Object::clone(&self.get(kind, name));
        let before = object.value()["spec"].clone();
        change(object.value_mut());
        if object.value()["spec"] != before {
            let generation = object.generation().expect("a generation");
            object.value_mut()["metadata"]["generation"] = (generation + 1).into();
        }
        self.0.snapshot_mut().insert(Arc::new(object));
    }

    /// Gives a resource another image, and applies what follows from it.
    pub fn change_image(&mut self, part: &Part) {
        self.edit(part.kind, part.name, |resource| {
            *resource.pointer_mut(part.image).expect("an image") = json!("registry.example/new:2");
        });
        self.reconcile();
    }

    /// The Deployment controller has made the ReplicaSet of a new revision, whose status is given.
    pub fn begins_revision(&mut self, part: &Part, status: &Value) {
        let deployment = self.get(Kind::Deployment, part.deployment);
        let name = format!("{}-new", part.deployment);
        let set = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": name, "uid": format!("uid-of-{name}"),
                "annotations": { "deployment.kubernetes.io/revision": "2" },
                "ownerReferences": [{
                    "apiVersion": "apps/v1", "kind": "Deployment", "name": part.deployment,
                    "uid": deployment.uid(), "controller": true,
                }],
            },
            "spec": { "replicas": 1 },
            "status": status,
        });
        let set = Object::new(set, "eevee-bot").expect("a ReplicaSet");
        self.0.snapshot_mut().insert(Arc::new(set));
        self.edit(Kind::Deployment, part.deployment, |deployment| {
            deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "2".into();
            let status = &mut deployment["status"];
            status["updatedReplicas"] = 0.into();
            status["conditions"] = json!([progressing()]);
        });
        self.is_observed(part);
    }

    /// The Deployment controller has seen the newest spec.
    pub fn is_observed(&mut self, part: &Part) {
        self.edit(Kind::Deployment, part.deployment, |deployment| {
            let generation = deployment["metadata"]["generation"].clone();
            deployment["status"]["observedGeneration"] = generation;
        });
    }

    pub fn pods(&self, part: &Part) -> Vec<ObjectRef> {
        let objects = self.0.snapshot().objects().map(|object| object.reference().clone());
        objects.filter(|at| at.kind == Kind::Pod && at.name.starts_with(part.deployment)).collect()
    }

    /// The former revision's pods are no more.
    pub fn loses_its_pods(&mut self, part: &Part) {
        for pod in self.pods(part) {
            self.0.snapshot_mut().remove(&pod);
        }
    }

    pub fn snapshot(&self) -> &ClusterSnapshot {
        self.0.snapshot()
    }

    /// A pod of the new revision crashes.
    pub fn crashes(&mut self, part: &Part) -> String {
        let name = format!("{}-new-x", part.deployment);
        let set = format!("{}-new", part.deployment);
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": { "name": name, "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": set,
                "uid": format!("uid-of-{set}"), "controller": true,
            }] },
            "status": { "containerStatuses": [
                { "name": "a", "state": { "waiting": { "reason": "CrashLoopBackOff" } } },
            ] },
        });
        let pod = Object::new(pod, "eevee-bot").expect("a pod");
        self.0.snapshot_mut().insert(Arc::new(pod));
        name
    }

    /// Status, reason and message of a condition of a resource, once all is done.
    pub fn told(&mut self, part: &Part, condition: &str) -> Option<[String; 3]> {
        self.reconcile();
        let resource = self.get(part.kind, part.name);
        let condition = live_condition(&resource, condition)?;
        let text = |field: &str| condition[field].as_str().unwrap_or_default().to_owned();
        Some(["status", "reason", "message"].map(text))
    }

    pub fn ready(&mut self, part: &Part) -> [String; 3] {
        self.told(part, "Ready").expect("condition Ready")
    }
}

/// What a Deployment says of a rollout under way.
pub fn progressing() -> Value {
    json!({ "type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated" })
}

/// Verbs of actions, with the reasons of events.
pub fn verbs(actions: &[ApplyAction]) -> Vec<&str> {
    let verbs = actions.iter().map(|action| match &action.verb {
        Verb::Event(event) => event.reason,
        verb => verb.name(),
    });
    verbs.collect()
}
