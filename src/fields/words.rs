//! One state of an object in the words of another.

use super::keys::{self, Shape};
use super::same::{same, same_field};
use serde_json::{Map, Value};

/// Puts a state of an object into the words of another one wherever both say the same: amounts in
/// its notation, defaults and empty fields where it has them. What differs then would change.
pub fn in_words_of(other: &Value, value: &mut Value, shape: &Shape) {
    match (other, value) {
        (Value::Object(other), Value::Object(fields)) => align_fields(other, fields, shape),
        (Value::Array(other), Value::Array(items)) => align_items(other, items, shape),
        _ => {}
    }
}

fn align_fields(other: &Map<String, Value>, fields: &mut Map<String, Value>, shape: &Shape) {
    for name in other.keys() {
        if !fields.contains_key(name) {
            fields.insert(name.clone(), Value::Null);
        }
    }
    for (name, field) in fields.iter_mut() {
        let other = other.get(name).unwrap_or(&Value::Null);
        if same_field(name, other, field, shape) {
            field.clone_from(other);
        } else {
            in_words_of(other, field, shape.field(name));
        }
    }
    fields.retain(|_, field| !field.is_null());
}

fn align_items(others: &[Value], items: &mut [Value], shape: &Shape) {
    for (index, item) in items.iter_mut().enumerate() {
        let other = match shape {
            Shape::Keyed(names, _) => {
                others.iter().find(|other| keys::is_same_item(other, item, names))
            }
            _ => others
                .iter()
                .find(|other| same(other, item, shape.item()))
                .or_else(|| others.get(index)),
        };
        match other {
            Some(other) if same(other, item, shape.item()) => item.clone_from(other),
            Some(other) => in_words_of(other, item, shape.item()),
            None => {}
        }
    }
}
