//! What the API server does to an object before it judges it: unknown fields and needless nulls
//! go, defaults come.

use super::fault::{Fault, FaultKind};
use super::node::{Child, Node};
use super::path::{At, Trail};
use super::value::has_expected_type;
use serde_json::{Map, Value};

pub(super) fn normalize(
    node: &Node,
    value: &mut Value,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    // What is of another type is said of the value itself, not of what is in it.
    if !has_expected_type(node, value) {
        return;
    }
    match value {
        Value::Object(fields) => {
            drop_fields(node, fields, trail, faults);
            fill_defaults(node, fields);
            for (name, value) in fields.iter_mut() {
                if let Child::Judged(child, at) = node.child(name) {
                    replace_null(child, value);
                    normalize(child, value, &trail.child(at), faults);
                }
            }
        }
        Value::Array(items) => {
            let Some(child) = node.items.as_deref() else { return };
            for (index, item) in items.iter_mut().enumerate() {
                replace_null(child, item);
                normalize(child, item, &trail.child(At::Index(index)), faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Null stands for absent; with a default, the default takes its place.
fn drop_fields(
    node: &Node,
    fields: &mut Map<String, Value>,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    fields.retain(|name, value| match node.child(name) {
        Child::Judged(child, _) => !value.is_null() || child.default.is_some(),
        Child::Free => true,
        Child::Unknown => {
            let message = format!("unknown field{}", hint(node, name));
            faults.push(Fault::at(&trail.child(At::Field(name)), FaultKind::UnknownField, message));
            false
        }
    });
}

fn fill_defaults(node: &Node, fields: &mut Map<String, Value>) {
    for (name, child) in &node.properties {
        if let (Some(default), false) = (&child.default, fields.contains_key(name)) {
            fields.insert(name.clone(), default.clone());
        }
    }
}

fn replace_null(node: &Node, value: &mut Value) {
    if let (true, Some(default)) = (value.is_null(), &node.default) {
        *value = default.clone();
    }
}

/// How alike two names must be for one to be offered for the other; clap uses the same.
const ALIKE: f64 = 0.7;

/// So many known fields can be listed in one line.
const FEW: usize = 12;

/// What the field may have been meant to be.
fn hint(node: &Node, unknown: &str) -> String {
    let likeness = |known: &&String| {
        if known.eq_ignore_ascii_case(unknown) { 1.0 } else { strsim::jaro(known, unknown) }
    };
    let nearest = node
        .properties
        .keys()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|known| likeness(known) > ALIKE);
    match nearest {
        Some(known) => format!("; did you mean {known:?}?"),
        None if node.properties.is_empty() || node.properties.len() > FEW => String::new(),
        None => {
            let known: Vec<_> = node.properties.keys().map(String::as_str).collect();
            format!("; known are {}", known.join(", "))
        }
    }
}
