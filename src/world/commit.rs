//! What every write has in common: preconditions, versions, and what a writer cannot set.

use super::World;
use super::managers::Managers;
use super::rejection::Rejection;
use super::{defaults, validate};
use crate::action::Precondition;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Observed;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Fields of metadata that are the API server's.
const SERVER_METADATA: [&str; 8] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
];

/// A manifest under the name it is sent to, without what is the API server's.
///
/// # Errors
/// 400 for a manifest of another kind, or one that is no object.
pub(super) fn prepare(target: &ObjectRef, manifest: &Value) -> Result<Value, Rejection> {
    let text = |name: &str| manifest.get(name).and_then(Value::as_str).unwrap_or_default();
    if Kind::of(text("apiVersion"), text("kind")) != Some(target.kind) {
        let found = format!("{} {}", text("apiVersion"), text("kind"));
        return Err(Rejection::BadRequest(format!("{target} was sent as {found}")));
    }
    let mut prepared = manifest.clone();
    let metadata = prepared
        .as_object_mut()
        .map(|fields| fields.entry("metadata").or_insert_with(|| Value::Object(Map::new())));
    let metadata = metadata.and_then(Value::as_object_mut).ok_or_else(|| {
        Rejection::BadRequest(format!("{target} was sent with metadata that is no object"))
    })?;
    metadata.retain(|name, _| !SERVER_METADATA.contains(&name.as_str()));
    metadata.insert("name".to_owned(), Value::from(target.name.as_str()));
    metadata.insert("namespace".to_owned(), Value::from(target.namespace.as_str()));
    Ok(prepared)
}

/// Whether an object is still in the state that it was seen in.
///
/// # Errors
/// A conflict. A write with another uid alone is invalid, because it is one to an immutable field;
/// a deletion is a conflict then, too.
pub(super) fn check_seen(
    live: &Object,
    seen: &Precondition,
    is_write: bool,
) -> Result<(), Rejection> {
    let target = live.reference();
    let differs = |seen: Option<&str>, live: Option<&str>| seen.is_some() && seen != live;
    if differs(seen.resource_version.as_deref(), live.resource_version()) {
        return Err(Rejection::conflict(target, "the object has been modified"));
    }
    if !differs(seen.uid.as_deref(), live.uid()) {
        return Ok(());
    }
    let uid = seen.uid.as_deref().unwrap_or_default();
    Err(if is_write {
        let why = format!("metadata.uid: Invalid value: \"{uid}\": field is immutable");
        Rejection::invalid(target, &why)
    } else {
        let why = format!("the UID in the precondition ({uid}) does not match");
        Rejection::conflict(target, &why)
    })
}

/// Gives a patched object back what a patch cannot change.
///
/// # Errors
/// 400 when the patch has left no object.
pub(super) fn restore(live: &Object, patched: &mut Value) -> Result<(), Rejection> {
    let target = live.reference();
    let refused = || Rejection::BadRequest(format!("{target} cannot be patched to be no object"));
    let fields = patched.as_object_mut().ok_or_else(refused)?;
    for name in ["apiVersion", "kind"] {
        fields.extend(live.value().get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let metadata = fields.get_mut("metadata").and_then(Value::as_object_mut).ok_or_else(refused)?;
    for name in SERVER_METADATA.iter().chain(&["name", "namespace"]) {
        match live.at("/metadata").and_then(|metadata| metadata.get(*name)) {
            Some(value) => metadata.insert((*name).to_owned(), value.clone()),
            None => metadata.remove(*name),
        };
    }
    Ok(())
}

/// A write to an object leaves its status as it is.
pub(super) fn reset_status(kind: Kind, live: Option<&Value>, value: &mut Value) {
    if let Some(fields) = value.as_object_mut().filter(|_| kind.has_status()) {
        fields.remove("status");
        let status = live.and_then(|live| live.get("status"));
        fields.extend(status.map(|status| ("status".to_owned(), status.clone())));
    }
}

impl World {
    /// Checks and stores what a write has made of an object. A write that changes nothing leaves
    /// the resourceVersion.
    pub(super) fn commit(
        &mut self,
        target: &ObjectRef,
        live: Option<&Value>,
        mut value: Value,
        managers: &Managers,
    ) -> Result<(), Rejection> {
        defaults::complete(target, live, &mut value);
        validate::check(target, live, &value)?;
        let generation = match live {
            Some(live) => {
                let mut before = live.clone();
                defaults::complete(target, Some(live), &mut before);
                set_managers(&mut value, &Managers::of(live));
                set_managers(&mut before, &Managers::of(live));
                if before == value && managers.is_same(&Managers::of(live)) {
                    return Ok(());
                }
                let old = live.pointer("/metadata/generation").and_then(Value::as_i64);
                old.map(|old| {
                    old.saturating_add(i64::from(is_new_generation(target.kind, &before, &value)))
                })
            }
            None => None,
        };
        set_managers(&mut value, managers);
        if let (Some(generation), Some(metadata)) = (generation, metadata_mut(&mut value)) {
            metadata.insert("generation".to_owned(), Value::from(generation));
        }
        self.store(target, value)
    }

    /// Stores an object with its owners.
    pub(super) fn store_as(
        &mut self,
        target: &ObjectRef,
        mut value: Value,
        managers: &Managers,
    ) -> Result<(), Rejection> {
        set_managers(&mut value, managers);
        self.store(target, value)
    }

    /// Stores an object under the next resourceVersion, or drops it when it only waited for its
    /// last finalizer.
    pub(super) fn store(&mut self, target: &ObjectRef, mut value: Value) -> Result<(), Rejection> {
        self.version = self.version.saturating_add(1);
        if let Some(metadata) = metadata_mut(&mut value) {
            metadata.insert("resourceVersion".to_owned(), Value::from(self.version.to_string()));
        }
        if matches!(self.snapshot.observe(target), Observed::Absent) {
            self.identify_new(target, &mut value);
        }
        let object = Object::new(value, &target.namespace)
            .filter(|object| object.reference() == target)
            .ok_or_else(|| Rejection::BadRequest(format!("{target} has no name any more")))?;
        if object.is_being_deleted() && !has_finalizers(&object) {
            self.snapshot.remove(target);
        } else {
            self.snapshot.insert(Arc::new(object));
        }
        Ok(())
    }

    /// Deletes an object, or marks it as long as it has finalizers.
    pub(super) fn discard(&mut self, live: &Object) {
        if !has_finalizers(live) {
            self.version = self.version.saturating_add(1);
            self.snapshot.remove(live.reference());
        } else if !live.is_being_deleted() {
            let mut value = live.value().clone();
            if let Some(metadata) = metadata_mut(&mut value) {
                let now = Value::from(self.snapshot.now.to_string());
                metadata.insert("deletionTimestamp".to_owned(), now);
            }
            // Only an object without a name is refused, and this one has one.
            let _ = self.store(live.reference(), value);
        }
    }
}

pub(super) fn metadata_mut(value: &mut Value) -> Option<&mut Map<String, Value>> {
    value.get_mut("metadata")?.as_object_mut()
}

fn has_finalizers(object: &Object) -> bool {
    let finalizers = object.at("/metadata/finalizers").and_then(Value::as_array);
    finalizers.is_some_and(|finalizers| !finalizers.is_empty())
}

fn set_managers(value: &mut Value, managers: &Managers) {
    let Some(metadata) = metadata_mut(value) else { return };
    if managers.is_empty() {
        metadata.remove("managedFields");
    } else {
        metadata.insert("managedFields".to_owned(), managers.to_value());
    }
}

/// Annotations of a Deployment count, too: they are copied to its ReplicaSets.
fn is_new_generation(kind: Kind, before: &Value, after: &Value) -> bool {
    let differs = |pointer: &str| before.pointer(pointer) != after.pointer(pointer);
    kind.has_generation()
        && (differs("/spec") || kind.pod_template().is_some() && differs("/metadata/annotations"))
}
