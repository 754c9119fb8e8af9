//! What render reads of each kind. The rest is taken off before an object is kept: caches hold
//! less, and a snapshot of a cluster shows what matters.
//!
//! One law holds for every object: trimmed or not, render decides the same. A world that simulates
//! writes reads more than render does (who owns which field), so it is given whole objects.

use crate::fields::owned;
use crate::kinds::{Keeps, Kind, Part};
use crate::names::PAUSED;
use crate::names::{APPLIED_DIGEST, GENERATED_BY, ROTATED_FOR, STATUS_MANAGER};
use crate::object::at;
use crate::render::former;
use serde_json::{Map, Value};

/// kubectl's copy of what was applied, which for a Secret holds its data.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Takes off an object what render does not read.
pub fn trim(object: &mut Value, kind: Kind) {
    remove_annotation(object, LAST_APPLIED);
    trim_managers(object, kind);
    match kind.keeps() {
        Keeps::Whole => {}
        Keeps::WithoutStatus => {
            fields_at(object, "").map(|fields| fields.remove("status"));
        }
        Keeps::Parts(parts) => keep_parts(object, parts),
    }
}

fn keep_parts(object: &mut Value, parts: &[Part]) {
    for part in parts {
        match part {
            Part::Fields(path, names) => match object.pointer_mut(path) {
                Some(Value::Array(items)) => items.iter_mut().for_each(|item| keep(item, names)),
                Some(map) => keep(map, names),
                None => {}
            },
            Part::Items(path, (field, value)) => {
                if let Some(items) = object.pointer_mut(path).and_then(Value::as_array_mut) {
                    items.retain(|item| item[field] == *value);
                }
            }
        }
    }
    // What holds nothing is not kept, either: the innermost comes last in the list.
    for Part::Fields(path, _) | Part::Items(path, _) in parts.iter().rev() {
        remove_empty(object, path);
    }
}

fn keep(map: &mut Value, names: &[&str]) {
    if let Some(fields) = map.as_object_mut() {
        fields.retain(|name, _| names.contains(&name.as_str()));
    }
}

fn remove_empty(object: &mut Value, path: &str) {
    let is_empty = at(object, path).is_some_and(|value| {
        value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
    });
    if let Some((parent, name)) = path.rsplit_once('/').filter(|_| is_empty) {
        fields_at(object, parent).map(|fields| fields.remove(name));
    }
}

/// Who owns which field is read in four places: in a status, before an object is taken over, in the
/// strategy of a Deployment that is to be one without rolling updates, and where a token was rotated,
/// to tell when. What is ours in a status is read only while the resource is paused.
fn trim_managers(object: &mut Value, kind: Kind) {
    // Taking over writes the list whole.
    if former::owns_any(kind, object) {
        return;
    }
    let has = |annotation: &str| {
        at(object, "/metadata/annotations").is_some_and(|them| them.get(annotation).is_some())
    };
    let is_of_ours = has(APPLIED_DIGEST) || has(GENERATED_BY);
    let is_rotated = has(ROTATED_FOR);
    let rolls = at(object, "/spec/strategy/rollingUpdate").is_some_and(|it| !it.is_null());
    let is_paused = at(object, "/metadata/annotations")
        .is_some_and(|annotations| annotations.get(PAUSED).is_some_and(|paused| paused == "true"));
    let reduced: fn(&mut Value) -> bool = if kind.is_custom() && is_paused {
        |entry| owns_after(entry, &["status"])
    } else if kind.is_custom() {
        |entry| entry["manager"] != STATUS_MANAGER && owns_after(entry, &["status"])
    } else if former::has_written(kind) && !is_of_ours {
        return;
    } else if kind.is_secret() && is_rotated {
        |entry| owns_after(entry, &["metadata", "annotations", ROTATED_FOR])
    } else if is_of_ours && rolls {
        |entry| owns_after(entry, &["spec", "strategy"])
    } else {
        |_| false
    };
    let Some(metadata) = fields_at(object, "/metadata") else { return };
    let Some(managers) = metadata.get_mut("managedFields").and_then(Value::as_array_mut) else {
        return;
    };
    managers.retain_mut(reduced);
    // Without managedFields, all fields of an object that the operator applied count as the operator's.
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

fn fields_at<'a>(object: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    object.pointer_mut(pointer)?.as_object_mut()
}

#[cfg(test)]
mod tests;
