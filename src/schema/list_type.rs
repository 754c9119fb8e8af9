//! Lists that are maps by some of their fields: no key may stand in them twice.

use super::fault::{Fault, FaultKind};
use super::node::{Child, Node};
use super::path::{At, Trail};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub(super) fn judge(node: &Node, value: &Value, trail: &Trail<'_>, faults: &mut Vec<Fault>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Child::Judged(child, at) = node.child(name) {
                    judge(child, value, &trail.child(at), faults);
                }
            }
        }
        Value::Array(items) => {
            if let Some(keys) = &node.list_keys {
                judge_map(keys, items, trail, faults);
            }
            let Some(child) = node.items.as_deref() else { return };
            for (index, item) in items.iter().enumerate() {
                judge(child, item, &trail.child(At::Index(index)), faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn judge_map(keys: &[String], items: &[Value], trail: &Trail<'_>, faults: &mut Vec<Fault>) {
    if let Some(index) = items.iter().position(|item| !item.is_object() && !item.is_null()) {
        let message = "must be an object for an array of list-type map";
        faults.push(Fault::at(&trail.child(At::Index(index)), FaultKind::Invalid, message));
        return;
    }
    let identities: Vec<_> = items.iter().map(|item| identity(keys, item)).collect();
    for (index, first) in doubled(&identities) {
        let message = format!("duplicate value {}: item {first} has the same", identities[index]);
        faults.push(Fault::at(&trail.child(At::Index(index)), FaultKind::Duplicate, message));
    }
}

/// The values of the key fields, as text.
fn identity(keys: &[String], item: &Value) -> String {
    let value = |key: &String| item.get(key).map(|value| (key.clone(), value.clone()));
    Value::Object(keys.iter().filter_map(value).collect::<Map<_, _>>()).to_string()
}

/// Index of the second of each group of equals, and of the first. Like the API server, the third
/// and later ones are passed over.
fn doubled(identities: &[String]) -> Vec<(usize, usize)> {
    let mut seen: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, identity) in identities.iter().enumerate() {
        seen.entry(identity).or_default().push(index);
    }
    seen.values().filter_map(|group| Some((*group.get(1)?, *group.first()?))).collect()
}
