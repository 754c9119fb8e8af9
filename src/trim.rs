//! What render reads of each kind. The rest is taken off before an object is kept: caches hold
//! less, and a snapshot of a cluster shows what matters.
//!
//! One law holds for every object: trimmed or not, render decides the same. A world that simulates
//! writes reads more than render does (who owns which field), so it is given whole objects.

use crate::fields::owned;
use crate::object::Kind;
use crate::render::former;
use crate::render::meta::{PAUSED, REVISION};
use crate::render::{APPLIED_DIGEST, GENERATED_BY, STATUS_MANAGER};
use serde_json::{Map, Value, json};

/// kubectl's copy of what was applied, which for a Secret holds its data.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Metadata of what the cluster's own controllers make.
const METADATA_OF_PODS: [&str; 8] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "labels",
    "ownerReferences",
];

const STATUS_OF_PODS: [&str; 5] =
    ["phase", "startTime", "conditions", "containerStatuses", "initContainerStatuses"];

const STATUS_OF_CONTAINERS: [&str; 6] =
    ["name", "ready", "restartCount", "image", "state", "lastState"];

/// Takes off an object what render does not read.
pub fn trim(object: &mut Value, kind: Kind) {
    remove_annotation(object, LAST_APPLIED);
    trim_managers(object, kind);
    match kind {
        Kind::Pod => trim_pod(object),
        Kind::ReplicaSet => trim_replica_set(object),
        Kind::Service | Kind::PodDisruptionBudget => {
            fields_at(object, "").map(|fields| fields.remove("status"));
        }
        // Whole: what is wanted is compared with their data or spec, and their status is read.
        Kind::BotModule
        | Kind::IpcConfig
        | Kind::S3Store
        | Kind::BackupSchedule
        | Kind::BackupRestore
        | Kind::Secret
        | Kind::PersistentVolumeClaim
        | Kind::ConfigMap
        | Kind::Deployment => {}
    }
}

fn trim_pod(pod: &mut Value) {
    keep(pod, "", &["apiVersion", "kind", "metadata", "status"]);
    keep(pod, "/metadata", &METADATA_OF_PODS);
    keep(pod, "/status", &STATUS_OF_PODS);
    for list in ["/status/containerStatuses", "/status/initContainerStatuses"] {
        let containers = pod.pointer_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            keep(container, "", &STATUS_OF_CONTAINERS);
        }
    }
}

fn trim_replica_set(set: &mut Value) {
    let revision = set.pointer("/metadata/annotations").and_then(|all| all.get(REVISION)).cloned();
    keep(set, "", &["apiVersion", "kind", "metadata", "status"]);
    keep(set, "/metadata", &METADATA_OF_PODS);
    trim_status_of_replica_set(set);
    if let (Some(revision), Some(metadata)) = (revision, fields_at(set, "/metadata")) {
        metadata.insert("annotations".to_owned(), json!({ REVISION: revision }));
    }
}

/// Its numbers change with every pod; only why a pod cannot be made is read.
fn trim_status_of_replica_set(set: &mut Value) {
    let conditions = set.pointer_mut("/status/conditions").map(Value::take);
    let failure = |condition: &Value| condition["type"] == "ReplicaFailure";
    let failures: Vec<Value> = match conditions {
        Some(Value::Array(conditions)) => conditions.into_iter().filter(failure).collect(),
        _ => Vec::new(),
    };
    let Some(fields) = fields_at(set, "") else { return };
    fields.remove("status");
    if !failures.is_empty() {
        fields.insert("status".to_owned(), json!({ "conditions": failures }));
    }
}

/// Who owns which field is read in three places: in a status, before an object is taken over, and
/// in the strategy of a Deployment that is to be one without rolling updates. What is ours in a
/// status is read only while the resource is paused.
fn trim_managers(object: &mut Value, kind: Kind) {
    // Taking over writes the list whole.
    if former::owns_any(kind, object) {
        return;
    }
    let is_of_ours = object.pointer("/metadata/annotations").is_some_and(|annotations| {
        annotations.get(APPLIED_DIGEST).is_some() || annotations.get(GENERATED_BY).is_some()
    });
    let rolls = object.pointer("/spec/strategy/rollingUpdate").is_some_and(|it| !it.is_null());
    let is_paused = object
        .pointer("/metadata/annotations")
        .is_some_and(|annotations| annotations.get(PAUSED).is_some_and(|paused| paused == "true"));
    let reduced: fn(&mut Value) -> bool = match kind {
        Kind::BotModule
        | Kind::IpcConfig
        | Kind::S3Store
        | Kind::BackupSchedule
        | Kind::BackupRestore
            if is_paused =>
        {
            |entry| owns_after(entry, &["status"])
        }
        Kind::BotModule
        | Kind::IpcConfig
        | Kind::S3Store
        | Kind::BackupSchedule
        | Kind::BackupRestore => {
            |entry| entry["manager"] != STATUS_MANAGER && owns_after(entry, &["status"])
        }
        Kind::Deployment if is_of_ours && rolls => |entry| owns_after(entry, &["spec", "strategy"]),
        Kind::Deployment | Kind::Service | Kind::ConfigMap | Kind::Secret if !is_of_ours => return,
        Kind::Deployment
        | Kind::Service
        | Kind::ConfigMap
        | Kind::Secret
        | Kind::PersistentVolumeClaim
        | Kind::PodDisruptionBudget
        | Kind::ReplicaSet
        | Kind::Pod => |_| false,
    };
    let Some(metadata) = fields_at(object, "/metadata") else { return };
    let Some(managers) = metadata.get_mut("managedFields").and_then(Value::as_array_mut) else {
        return;
    };
    managers.retain_mut(reduced);
    // An object of ours that does not say whose its fields are is taken to be ours throughout.
    if managers.is_empty() && !(is_of_ours && rolls) {
        metadata.remove("managedFields");
    }
}

/// Reduces an entry to the fields at a path, and says whether it owns any.
fn owns_after(entry: &mut Value, path: &[&str]) -> bool {
    let set = &mut entry["fieldsV1"];
    if !owned::owns(set, path) {
        return false;
    }
    let mut node = set;
    for name in path {
        let name = format!("f:{name}");
        // What is owned as a whole has no fields of its own.
        let Some(fields) = node.as_object_mut().filter(|fields| fields.contains_key(&name)) else {
            break;
        };
        fields.retain(|field, _| *field == name);
        node = &mut fields[&name];
    }
    true
}

fn remove_annotation(object: &mut Value, key: &str) {
    let Some(metadata) = fields_at(object, "/metadata") else { return };
    let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else {
        return;
    };
    if annotations.remove(key).is_some() && annotations.is_empty() {
        metadata.remove("annotations");
    }
}

fn keep(object: &mut Value, pointer: &str, names: &[&str]) {
    if let Some(fields) = fields_at(object, pointer) {
        fields.retain(|name, _| names.contains(&name.as_str()));
    }
}

fn fields_at<'a>(object: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    object.pointer_mut(pointer)?.as_object_mut()
}

#[cfg(test)]
mod tests;
