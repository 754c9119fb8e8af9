//! What the cluster's own controllers and the kubelet do, done at once: every wanted pod runs
//! and is ready, every claim is bound.

use super::World;
use super::defaults;
use super::jobs;
use super::managers::{Identity, Managers};
use super::pods::MOST_PODS;
use super::put::put;
use crate::kinds::Kind;
use crate::names::REVISION;
use crate::object::{Object, ObjectRef};
use crate::query::Search;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Label of ReplicaSets and pods that tells the templates apart.
const TEMPLATE_HASH: &str = "pod-template-hash";

impl World {
    /// Rolls every Deployment out, binds every claim and brings every Job to a good end. Does nothing the second time.
    pub fn settle_workloads(&mut self) {
        self.settle_deployments();
        for job in self.all(Kind::Job) {
            self.finish_job(job.reference(), true, Some(&jobs::good_end()));
        }
    }

    /// Rolls every Deployment out and binds every claim. Does nothing the second time.
    pub fn settle_deployments(&mut self) {
        for claim in self.all(Kind::PersistentVolumeClaim) {
            self.bind(&claim);
        }
        for deployment in self.all(Kind::Deployment) {
            if !deployment.is_being_deleted() {
                self.roll_out(&deployment);
            }
        }
    }

    fn bind(&mut self, claim: &Object) {
        let Some(size) = claim.at("/spec/resources/requests/storage").cloned() else { return };
        let volume = format!("pvc-{}", claim.uid().unwrap_or_default());
        self.change(claim, |value| {
            if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
                spec.entry("volumeName").or_insert_with(|| json!(volume));
            }
            put(value, &["status", "phase"], json!("Bound"));
            put(value, &["status", "capacity", "storage"], size);
        });
    }

    fn roll_out(&mut self, deployment: &Object) {
        let template = template(deployment);
        if !template.is_object() {
            return;
        }
        let replicas = deployment.number("/spec/replicas").unwrap_or(1).clamp(0, MOST_PODS);
        let sets = self.owned(deployment, Kind::ReplicaSet);
        let newest = sets.iter().map(|set| revision(set)).max().unwrap_or(0);
        let is_rolled_out =
            |set: &Arc<Object>| revision(set) == newest && self::template(set) == template;
        let is_paused = deployment.at("/spec/paused") == Some(&Value::Bool(true));
        if is_paused && !sets.iter().any(is_rolled_out) {
            self.hold_back(deployment);
            return;
        }
        let (name, number) = match sets.iter().find(|set| self::template(set) == template) {
            Some(set) if revision(set) == newest => (set.reference().name.clone(), newest),
            Some(set) => (set.reference().name.clone(), newest + 1),
            None => (format!("{}-{}", deployment.reference().name, hash(&template)), newest + 1),
        };
        for set in sets.iter().filter(|set| set.reference().name != name) {
            self.scale(set, 0);
        }
        let Some(set) = self.replica_set(deployment, &name, number, &template) else { return };
        self.scale(&set, replicas);
        self.report(deployment, number, replicas);
    }

    /// What runs goes on: the new template of a paused Deployment was seen, and nothing comes of it.
    fn hold_back(&mut self, deployment: &Object) {
        let generation = deployment.generation();
        self.change(deployment, |value| {
            put(value, &["status", "observedGeneration"], json!(generation));
            put(value, &["status", "updatedReplicas"], json!(0));
        });
    }

    /// The ReplicaSet of a template, made where it is not there yet.
    fn replica_set(
        &mut self,
        deployment: &Object,
        name: &str,
        number: i64,
        template: &Value,
    ) -> Option<Arc<Object>> {
        let namespace = deployment.reference().namespace.as_str();
        let reference = ObjectRef::new(Kind::ReplicaSet, namespace, name);
        if self.look(&reference).ok()?.is_none() {
            let hash = name.rsplit('-').next().unwrap_or_default();
            let mut template = template.clone();
            put(&mut template, &["metadata", "labels", TEMPLATE_HASH], json!(hash));
            let labels = template.pointer("/metadata/labels").cloned();
            let spec = json!({
                "replicas": 0, "selector": {"matchLabels": labels}, "template": template,
            });
            self.make(&reference, deployment, labels.as_ref(), &spec);
        }
        let set = self.look(&reference).ok()??;
        self.change(&set, |value| {
            put(value, &["metadata", "annotations", REVISION], json!(number.to_string()));
        });
        self.look(&reference).ok()?
    }

    /// The status that the Deployment controller writes at the end of a rollout.
    fn report(&mut self, deployment: &Object, number: i64, replicas: i64) {
        let now = self.snapshot.now.to_string();
        let generation = deployment.generation();
        self.change(deployment, |value| {
            put(value, &["metadata", "annotations", REVISION], json!(number.to_string()));
            put(value, &["status", "observedGeneration"], json!(generation));
            for field in ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"] {
                put(value, &["status", field], json!(replicas));
            }
            if let Some(status) = value.get_mut("status").and_then(Value::as_object_mut) {
                status.remove("unavailableReplicas");
            }
            let before = value.pointer("/status/conditions").cloned().unwrap_or_default();
            let conditions: Vec<Value> = [
                ("Available", "MinimumReplicasAvailable"),
                ("Progressing", "NewReplicaSetAvailable"),
            ]
            .iter()
            .map(|(kind, reason)| condition(&before, kind, reason, &now))
            .collect();
            put(value, &["status", "conditions"], json!(conditions));
        });
    }

    pub(super) fn owned(&self, owner: &Object, kind: Kind) -> Vec<Arc<Object>> {
        let uid = owner.uid().unwrap_or_default();
        self.snapshot
            .find(&Search::OwnedBy(uid, kind))
            .into_iter()
            .flatten()
            .map(Arc::clone)
            .collect()
    }

    /// Changes an object as the cluster's controllers do, if there is anything to change.
    pub(super) fn change(&mut self, object: &Object, change: impl FnOnce(&mut Value)) {
        let mut value = object.value().clone();
        change(&mut value);
        if value == *object.value() {
            return;
        }
        let mut managers = Managers::of(&value);
        let identity = Identity::controllers(object.reference());
        managers.update(&identity, object.value(), &value, self.snapshot.now);
        // Controllers change nothing that could be refused.
        let _ = self.store_as(object.reference(), value, &managers);
    }
}

fn revision(set: &Object) -> i64 {
    let number = set.annotation(REVISION).and_then(|number| number.parse::<u32>().ok());
    number.map_or(0, i64::from)
}

/// The template of an object's pods, with defaults, without what tells it from others.
fn template(object: &Object) -> Value {
    let mut template = object.at("/spec/template").cloned().unwrap_or_default();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(TEMPLATE_HASH);
    }
    defaults::template(&mut template);
    template
}

/// Ten letters out of a template, of those that Kubernetes uses.
fn hash(template: &Value) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let digest = Sha256::digest(template.to_string());
    let letter = |byte: &u8| LETTERS.get(usize::from(*byte) % LETTERS.len()).copied();
    digest.iter().take(10).filter_map(letter).map(char::from).collect()
}

/// A condition that is True, since the time that it already was.
fn condition(before: &Value, kind: &str, reason: &str, now: &str) -> Value {
    let is_same = |condition: &&Value| {
        condition.get("type") == Some(&json!(kind))
            && condition.get("status") == Some(&json!("True"))
            && condition.get("reason") == Some(&json!(reason))
    };
    let same = before.as_array().into_iter().flatten().find(is_same).cloned();
    same.unwrap_or_else(|| {
        json!({
            "type": kind, "status": "True", "reason": reason, "message": "",
            "lastTransitionTime": now, "lastUpdateTime": now,
        })
    })
}
