//! Merging and comparing objects, field by field.

use crate::fields::keys::{self, Shape};
use crate::fields::owned;
use serde_json::{Map, Value};

/// JSON merge patch (RFC 7386).
pub fn patch(object: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *object = patch.clone();
        return;
    };
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Some(fields) = object.as_object_mut() else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(name);
        } else {
            self::patch(fields.entry(name).or_insert(Value::Null), change);
        }
    }
}

/// What server-side apply makes of a live value and an applied one.
pub(super) fn merge(live: &Value, applied: &Value, shape: &Shape) -> Value {
    match (live, applied, shape) {
        (_, Value::Object(applied), shape) if shape.is_granular_map() => {
            let mut merged = live.as_object().cloned().unwrap_or_default();
            for (name, value) in applied {
                let before = merged.get(name).unwrap_or(&Value::Null);
                let after = merge(before, value, shape.field(name));
                merged.insert(name.clone(), after);
            }
            Value::Object(merged)
        }
        // A null says nothing about what is merged item by item.
        (Value::Object(_), Value::Null, shape) if shape.is_granular_map() => live.clone(),
        (Value::Array(_), Value::Null, Shape::Keyed(..) | Shape::Set) => live.clone(),
        (_, Value::Array(applied), Shape::Keyed(names, item)) if owned::are_keyed(applied) => {
            let none = Vec::new();
            let live = live.as_array().filter(|items| owned::are_keyed(items)).unwrap_or(&none);
            let is_same = |a: &Value, b: &Value| keys::is_same_item(a, b, names);
            Value::Array(merge_items(live, applied, is_same, item))
        }
        (Value::Array(live), Value::Array(applied), Shape::Set) => {
            Value::Array(merge_items(live, applied, |a, b| a == b, &keys::PLAIN))
        }
        _ => applied.clone(),
    }
}

/// The order is that of the applied list; what only the live one has stays between its
/// neighbours as far as that goes. The source is `visitListItems` of structured-merge-diff.
fn merge_items(
    live: &[Value],
    applied: &[Value],
    is_same: impl Fn(&Value, &Value) -> bool,
    shape: &Shape,
) -> Vec<Value> {
    let place = |item: &Value, list: &[Value]| list.iter().position(|other| is_same(item, other));
    let in_applied: Vec<Option<usize>> = live.iter().map(|item| place(item, applied)).collect();
    let in_live: Vec<Option<usize>> = applied.iter().map(|item| place(item, live)).collect();
    let mut merged = Vec::new();
    let (mut left, mut right) = (0, 0);
    while left < live.len() || right < applied.len() {
        // The next one that both have. Those before `right` are merged.
        let shared = (right..applied.len()).find(|index| in_live[*index].is_some());
        match in_applied.get(left) {
            Some(None) => {
                merged.push(live[left].clone());
                left += 1;
            }
            Some(Some(index)) if shared.is_some_and(|shared| shared != *index) => left += 1,
            Some(Some(_)) if right == applied.len() => left += 1,
            here => {
                let before = in_live[right].map_or(&Value::Null, |index| &live[index]);
                merged.push(merge(before, &applied[right], shape));
                let is_done = shared.is_none() || here == Some(&Some(right));
                left += usize::from(here.is_some() && is_done);
                right += 1;
            }
        }
    }
    merged
}
