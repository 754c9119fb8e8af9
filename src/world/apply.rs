//! Server-side apply, as structured-merge-diff does it: merge, take back what is no longer
//! applied, and settle who owns what.

use super::compare::{compare, with_ways};
use super::managers::{Identity, Managers};
use super::merge::merge;
use super::rejection::Rejection;
use crate::fields::keys::Shape;
use crate::fields::owned;
use crate::kinds::shape_of;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A request for server-side apply.
pub(super) struct ApplyRequest<'a> {
    pub identity: Identity,
    pub wanted: &'a Value,
    /// Whether fields that others own with another value are taken from them.
    pub is_forced: bool,
    pub now: Timestamp,
}

/// The object that a request makes of the live one, and its new owners.
///
/// An object without any managedFields belongs to `before-first-apply`, as with a real API
/// server, but that entry is not kept.
///
/// # Errors
/// A conflict with other owners, or an item that is applied twice.
pub(super) fn apply(
    live: Option<&Value>,
    request: &ApplyRequest<'_>,
) -> Result<(Value, Managers), Rejection> {
    let wanted = request.wanted;
    let identity = &request.identity;
    let shape = shape_of(wanted);
    let mut path = Vec::new();
    refuse_duplicates(wanted, shape, &mut path).map_err(Rejection::Untyped)?;

    let base = live.cloned().unwrap_or_else(|| skeleton(wanted));
    let mut managers = Managers::of(&base);
    let nobody_recorded = managers.is_empty();
    let last = last_set(&managers, identity, &base);
    managers.put(identity, owned::fields_of(wanted, shape), request.now);

    let mut applied = merge(&base, wanted, shape);
    let mut dropped = owned::difference(&with_ways(&last), &with_ways(&managers.everything()));
    if let Some(dropped) = dropped.as_object_mut() {
        // Nobody owns metadata itself, whatever an entry says.
        dropped.retain(|name, node| name != "f:metadata" || !owned::is_empty(node));
        if let Some(metadata) = dropped.get_mut("f:metadata").and_then(Value::as_object_mut) {
            metadata.remove(".");
        }
    }
    owned::remove_whole(&mut applied, &dropped);

    let change = compare(live.unwrap_or(&Value::Null), &applied);
    if !request.is_forced {
        let mut conflicts: Vec<String> = Vec::new();
        for (other, set) in managers.others(identity) {
            describe_conflict(&other.describe(), set, &change.set, &mut conflicts);
        }
        if let Some(live) = live.filter(|_| nobody_recorded) {
            let owner = format!("\"before-first-apply\" using {}", api_version(wanted));
            describe_conflict(
                &owner,
                &owned::fields_of(live, shape_of(live)),
                &change.set,
                &mut conflicts,
            );
        }
        refuse_conflicts(&conflicts)?;
    }
    managers.take_from_others(identity, &owned::union(&change.set, &change.removed));
    Ok((applied, managers))
}

/// What one applied the last time. Of a status also what nobody owns.
fn last_set(managers: &Managers, identity: &Identity, base: &Value) -> Value {
    let recorded = managers.set_of(identity).cloned().unwrap_or_else(|| json!({}));
    if !identity.is_status() {
        return recorded;
    }
    let Some(status) = base.get("status") else { return recorded };
    let mut only = skeleton(base);
    only["status"] = status.clone();
    owned::union(&recorded, &owned::fields_of(&only, shape_of(&only)))
}

/// Kind and name of an object, and nothing else.
fn skeleton(object: &Value) -> Value {
    let mut skeleton = Map::new();
    for name in ["apiVersion", "kind"] {
        skeleton.extend(object.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    Value::Object(skeleton)
}

fn api_version(object: &Value) -> &str {
    object.get("apiVersion").and_then(Value::as_str).unwrap_or_default()
}

fn describe_conflict(owner: &str, set: &Value, changed: &Value, conflicts: &mut Vec<String>) {
    let mut paths = Vec::new();
    members(&owned::intersection(set, changed), "", &mut paths);
    conflicts.extend(paths.into_iter().map(|path| format!("conflict with {owner}: {path}")));
}

fn refuse_conflicts(conflicts: &[String]) -> Result<(), Rejection> {
    let ending = match conflicts {
        [] => return Ok(()),
        [one] => format!("1 conflict: {one}"),
        several => format!("{} conflicts: {}", several.len(), several.join("; ")),
    };
    Err(Rejection::Conflict(format!("Apply failed with {ending}")))
}

/// The paths of the members of a set.
fn members(set: &Value, path: &str, paths: &mut Vec<String>) {
    for (name, node) in set.as_object().into_iter().flatten().filter(|(name, _)| *name != ".") {
        let path = format!("{path}{}", segment(name));
        if owned::is_member(node) {
            paths.push(path.clone());
        }
        members(node, &path, paths);
    }
}

/// `f:image` as `.image`, `k:{"name":"module"}` as `[name="module"]`.
fn segment(name: &str) -> String {
    if let Some(field) = name.strip_prefix("f:") {
        return format!(".{field}");
    }
    let keys = name.get(2..).and_then(|keys| serde_json::from_str::<Value>(keys).ok());
    match keys {
        Some(Value::Object(keys)) => {
            let keys: Vec<String> = keys.iter().map(|(key, v)| format!("{key}={v}")).collect();
            format!("[{}]", keys.join(","))
        }
        Some(_) | None => format!("[={}]", name.get(2..).unwrap_or_default()),
    }
}

/// Fails with the words of the API server when a list that is merged by key has an item twice.
fn refuse_duplicates(value: &Value, shape: &Shape, path: &mut Vec<String>) -> Result<(), String> {
    match (value, shape) {
        (Value::Object(fields), shape) if shape.is_granular_map() => {
            for (name, value) in fields {
                path.push(format!("f:{name}"));
                refuse_duplicates(value, shape.field(name), path)?;
                path.pop();
            }
        }
        (Value::Array(items), Shape::Keyed(names, shape)) => {
            let mut seen = std::collections::BTreeSet::new();
            for item in items {
                let key = owned::item_key(item, names);
                let item_segment = segment(&key);
                if !seen.insert(key.clone()) {
                    let place: String = path.iter().map(|name| segment(name)).collect();
                    return Err(format!(
                        "failed to create typed patch object: {place}: duplicate entries for key {item_segment}"
                    ));
                }
                path.push(key);
                refuse_duplicates(item, shape, path)?;
                path.pop();
            }
        }
        _ => {}
    }
    Ok(())
}
