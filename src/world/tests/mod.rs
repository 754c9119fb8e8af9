//! Small tables of what a real API server does, most of them tried on one.

mod apply;
mod batches;
mod refusals;
mod verbs;
mod workloads;

use super::World;
use crate::action::{ApplyAction, Precondition, Subject, Verb};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{ClusterSnapshot, Entropy, Observed, Settings};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

const NAMESPACE: &str = "eevee-bot";

fn world(objects: &[Value]) -> World {
    let mut snapshot =
        ClusterSnapshot::new(Settings::default(), Timestamp::UNIX_EPOCH, Entropy([0; 32]));
    for object in objects {
        if let Some(object) = Object::new(object.clone(), NAMESPACE) {
            snapshot.insert(Arc::new(object));
        }
    }
    let mut world = World::new(snapshot);
    world.admit();
    world
}

fn manifest(kind: Kind, name: &str, fields: &Value) -> Value {
    let mut value = fields.clone();
    value["apiVersion"] = json!(kind.api_version());
    value["kind"] = json!(kind.name());
    value["metadata"]["name"] = json!(name);
    value
}

fn deployment(spec: &Value) -> Value {
    let mut fields = json!({"spec": {
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "m", "image": "i"}]}},
    }});
    super::merge::patch(&mut fields["spec"], spec);
    manifest(Kind::Deployment, "d", &fields)
}

fn target(manifest: &Value) -> ObjectRef {
    Object::new(manifest.clone(), NAMESPACE).map(|o| o.reference().clone()).unwrap()
}

fn action(target: ObjectRef, verb: Verb) -> ApplyAction {
    ApplyAction { subject: Subject::Operator, target, verb }
}

/// Applies as the operator does: forced on what was seen, not forced on nothing.
fn apply(world: &mut World, manifest: &Value) -> Result<(), (u16, String)> {
    let target = target(manifest);
    let seen = live(world, &target).map(|object| Precondition::seen(&object));
    send(world, target, Verb::Apply { manifest: manifest.clone(), seen })
}

fn patch(world: &mut World, target: &ObjectRef, patch: Value) -> Result<(), (u16, String)> {
    send(world, target.clone(), Verb::Patch { patch, seen: Precondition::default() })
}

fn send(world: &mut World, target: ObjectRef, verb: Verb) -> Result<(), (u16, String)> {
    world.perform(&action(target, verb)).map_err(|no| (no.code(), no.message()))
}

fn live(world: &World, target: &ObjectRef) -> Option<Arc<Object>> {
    match world.snapshot().observe(target) {
        Observed::Present(object) => Some(Arc::clone(object)),
        Observed::Absent | Observed::Unknown => None,
    }
}

fn at(world: &World, target: &ObjectRef, pointer: &str) -> Value {
    live(world, target)
        .and_then(|object| object.value().pointer(pointer).cloned())
        .unwrap_or_default()
}

fn entry(manager: &str, operation: &str, set: &Value) -> Value {
    json!({"manager": manager, "operation": operation, "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": set})
}
