//! Taking over objects that the TypeScript operator made or has written to.
//!
//! It writes by POST and PATCH, so its fields belong to an Update entry in `managedFields`. While
//! that entry stands, fields that we no longer want stay for ever. So they are made ours first, and
//! the next apply takes off what is not wanted. What others wrote is left alone, under the same
//! name, too.

use super::former;
use crate::action::{Precondition, Verb};
use crate::fields::owned;
use crate::names::{self, APPLIED_DIGEST};
use crate::object::Object;
use serde_json::{Value, json};

/// The merge patch that an object needs before it can be applied, if it needs one.
pub fn patch(live: &Object, wants_recreate: bool) -> Option<Verb> {
    let managers = managers(live);
    let taken = take(live, &managers);
    let after = taken.as_deref().unwrap_or(&managers);
    let frees_strategy = wants_recreate && rolls(live) && !owns_rolling_update(after);
    if taken.is_none() && !frees_strategy {
        return None;
    }
    let mut patch = json!({});
    if let Some(taken) = taken {
        patch["metadata"] = json!({ "managedFields": taken });
        if !is_pending(live) {
            // Nothing else says that there is something to apply.
            patch["metadata"]["annotations"] = json!({ APPLIED_DIGEST: null });
        }
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

/// Whether the former operator has written to an object since it is ours.
pub fn is_written_again(live: &Object) -> bool {
    !is_pending(live) && former::owns_any(live.reference().kind, live.value())
}

/// Whether a patch makes fields of the former operator ours.
pub fn takes_fields(patch: &Verb) -> bool {
    matches!(patch, Verb::Patch { patch, .. } if patch["metadata"].get("managedFields").is_some())
}

fn managers(live: &Object) -> Vec<Value> {
    live.at("/metadata/managedFields").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The entry of whoever created the object, by whatever name: it owns what nobody else sets.
fn creator(live: &Object, managers: &[Value]) -> Option<usize> {
    let mark = former::mark(live.reference().kind)?;
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

/// The entries after the former operator's fields were made ours, where it has any.
fn take(live: &Object, managers: &[Value]) -> Option<Vec<Value>> {
    let creator = creator(live, managers);
    let mut ours: Option<Value> = None;
    let mut entries = Vec::new();
    for (index, entry) in managers.iter().enumerate() {
        if creator != Some(index) && !former::is_by_name(entry) {
            entries.push(entry.clone());
            continue;
        }
        let (theirs, others) =
            former::split(live.reference().kind, live.value(), &entry["fieldsV1"]);
        if !owned::is_empty(&others) {
            entries.push(with_fields(entry, others));
        }
        if !owned::is_empty(&theirs) {
            ours = Some(joined(ours, entry, theirs));
        }
    }
    let mut ours = ours?;
    ours["manager"] = names::OPERATOR.into();
    ours["operation"] = "Apply".into();
    match entries.iter_mut().find(|entry| is_ours(entry)) {
        Some(entry) => {
            entry["fieldsV1"] = owned::union(&entry["fieldsV1"], &ours["fieldsV1"]);
        }
        None => entries.insert(0, ours),
    }
    Some(entries)
}

/// An entry that owns what it owned, and the fields of one more.
fn joined(entry: Option<Value>, next: &Value, fields: Value) -> Value {
    match entry {
        Some(entry) => with_fields(&entry, owned::union(&entry["fieldsV1"], &fields)),
        None => with_fields(next, fields),
    }
}

fn with_fields(entry: &Value, fields: Value) -> Value {
    let mut entry = entry.clone();
    entry["fieldsV1"] = fields;
    entry
}

fn is_ours(entry: &Value) -> bool {
    text(entry, "manager") == names::OPERATOR
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
