//! ReplicaSets and their pods: making, starting and ending them.

use super::World;
use super::put::put;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use serde_json::{Value, json};

/// More pods than this are not made, whatever the number of replicas.
pub(super) const MOST_PODS: i64 = 100;

impl World {
    /// Makes as many pods of a ReplicaSet ready as are wanted, and deletes the others.
    pub(super) fn scale(&mut self, set: &Object, replicas: i64) {
        let mut wanted = usize::try_from(replicas).unwrap_or(0);
        for pod in self.owned(set, Kind::Pod) {
            if wanted == 0 || pod.is_being_deleted() {
                self.discard(&pod);
            } else {
                wanted -= 1;
                self.start(&pod);
            }
        }
        let namespace = set.reference().namespace.as_str();
        let mut number = 0;
        while wanted > 0 {
            let name = format!("{}-{number}", set.reference().name);
            number += 1;
            let reference = ObjectRef::new(Kind::Pod, namespace, name);
            if !matches!(self.look(&reference), Ok(None)) {
                // The name is taken, or nobody can tell.
                if number > MOST_PODS * 2 {
                    return;
                }
                continue;
            }
            wanted -= 1;
            let labels = set.at("/spec/template/metadata/labels");
            let spec = set.at("/spec/template/spec").unwrap_or(&Value::Null);
            self.make(&reference, set, labels, spec);
            if let Ok(Some(pod)) = self.look(&reference) {
                self.start(&pod);
            }
        }
        self.change(set, |value| {
            put(value, &["spec", "replicas"], json!(replicas));
            for field in ["replicas", "readyReplicas", "availableReplicas"] {
                put(value, &["status", field], json!(replicas));
            }
        });
    }

    fn start(&mut self, pod: &Object) {
        let now = self.snapshot.now.to_string();
        if is_ready(pod) {
            return;
        }
        let containers = pod.at("/spec/containers").and_then(Value::as_array);
        let states: Vec<Value> = containers
            .into_iter()
            .flatten()
            .map(|container| {
                json!({
                    "name": container.get("name"), "image": container.get("image"),
                    "ready": true, "started": true, "restartCount": 0,
                    "state": {"running": {"startedAt": now}},
                })
            })
            .collect();
        let conditions: Vec<Value> = ["PodScheduled", "ContainersReady", "Ready"]
            .iter()
            .map(|kind| json!({"type": kind, "status": "True", "lastTransitionTime": now}))
            .collect();
        self.change(pod, |value| {
            put(value, &["status", "phase"], json!("Running"));
            put(value, &["status", "conditions"], json!(conditions));
            put(value, &["status", "containerStatuses"], json!(states));
        });
    }

    /// Makes an object that belongs to another one.
    pub(super) fn make(
        &mut self,
        target: &ObjectRef,
        owner: &Object,
        labels: Option<&Value>,
        spec: &Value,
    ) {
        let object = json!({
            "apiVersion": target.kind.api_version(), "kind": target.kind.name(),
            "metadata": {
                "name": target.name, "namespace": target.namespace, "labels": labels,
                "ownerReferences": [{
                    "apiVersion": owner.reference().kind.api_version(),
                    "kind": owner.reference().kind.name(),
                    "name": owner.reference().name, "uid": owner.uid(),
                    "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "spec": spec,
        });
        // Only an object without a name is refused, and this one has one.
        let _ = self.store(target, object);
    }
}

/// Whether a pod is ready.
pub(super) fn is_ready(pod: &Object) -> bool {
    let conditions = pod.at("/status/conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().any(|condition| {
        condition.get("type") == Some(&json!("Ready"))
            && condition.get("status") == Some(&json!("True"))
    })
}
