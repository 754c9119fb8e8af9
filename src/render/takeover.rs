//! Taking over objects that the TypeScript operator made.
//!
//! It created them by POST, so their fields belong to an Update entry in `managedFields`. While
//! that entry stands, fields that we no longer want stay for ever. The creator's entry is made ours
//! first; entries of kubectl, controllers and everyone else are left alone.

use super::digest::APPLIED_DIGEST;
use super::meta;
use crate::action::{Precondition, Verb};
use crate::fields::owned;
use crate::object::{Kind, Object};
use serde_json::{Value, json};

/// The merge patch that an object needs before it can be applied, if it needs one.
pub fn patch(live: &Object, wants_recreate: bool) -> Option<Verb> {
    let managers = managers(live);
    let taken = creator(live, &managers).map(|creator| take(&managers, creator));
    let after = taken.as_deref().unwrap_or(&managers);
    let frees_strategy = wants_recreate && rolls(live) && !owns_rolling_update(after);
    if taken.is_none() && !frees_strategy {
        return None;
    }
    let mut patch = json!({});
    if let Some(taken) = taken {
        patch["metadata"] = json!({ "managedFields": taken });
    }
    if frees_strategy {
        patch["spec"] = json!({ "strategy": { "type": "Recreate", "rollingUpdate": null } });
    }
    Some(Verb::Patch { patch, seen: Precondition::seen(live) })
}

/// Whether an object is there that has not been applied by us yet.
pub fn is_pending(live: &Object) -> bool {
    live.annotation(APPLIED_DIGEST).is_none()
}

fn managers(live: &Object) -> Vec<Value> {
    live.at("/metadata/managedFields").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The entry of whoever created the object: it owns what nobody else sets.
fn creator(live: &Object, managers: &[Value]) -> Option<usize> {
    let mark: &[&str] = match live.reference().kind {
        Kind::Deployment | Kind::Service => &["spec", "selector"],
        Kind::ConfigMap | Kind::Secret => &["data"],
        _ => return None,
    };
    // Once its entry is ours, another one that owns such a field is that of an editor.
    if !is_pending(live) || managers.iter().any(is_ours) {
        return None;
    }
    managers.iter().position(|entry| {
        text(entry, "operation") == "Update"
            && text(entry, "subresource").is_empty()
            && owned::owns(&entry["fieldsV1"], mark)
    })
}

/// The entries with the creator's made ours.
fn take(managers: &[Value], creator: usize) -> Vec<Value> {
    let mut entries = managers.to_vec();
    let mut taken = entries.remove(creator);
    taken["manager"] = meta::OPERATOR.into();
    taken["operation"] = "Apply".into();
    entries.insert(0, taken);
    entries
}

fn is_ours(entry: &Value) -> bool {
    text(entry, "manager") == meta::OPERATOR
        && text(entry, "operation") == "Apply"
        && text(entry, "subresource").is_empty()
}

fn rolls(live: &Object) -> bool {
    live.at("/spec/strategy/rollingUpdate").is_some_and(|rolling| !rolling.is_null())
}

/// Whether applying a strategy without `rollingUpdate` takes it off: we own it, and nobody else.
fn owns_rolling_update(managers: &[Value]) -> bool {
    let path = ["spec", "strategy", "rollingUpdate"];
    let owns = |entry: &&Value| owned::owns(&entry["fieldsV1"], &path);
    let mut owners = managers.iter().filter(owns);
    owners.next().is_some_and(is_ours) && owners.next().is_none()
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}
