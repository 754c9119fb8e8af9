//! Judges values: type, format, limits, allowed values, required fields.

use super::fault::{Fault, FaultKind, shown};
use super::format::is_date_time;
use super::keywords::{Expected, FormatKeyword};
use super::node::{Checks, Child, Node};
use super::number;
use super::path::{At, Trail};
use super::ratchet::Former;
use serde_json::{Map, Value};

pub(super) fn judge(
    node: &Node,
    value: &Value,
    former: Former<'_>,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    if former.unchanged {
        return;
    }
    if !has_expected_type(node, value) {
        let expected = node.expected;
        let message = format!(
            "must be of type {}: {:?}{}",
            expected.name(),
            type_name(value),
            advice(expected, value)
        );
        faults.push(Fault::at(trail, FaultKind::WrongType, message));
    }
    let checks = &node.checks;
    if !checks.allowed.is_empty() && !checks.allowed.iter().any(|allowed| value == allowed) {
        let allowed: Vec<_> = checks.allowed.iter().map(|word| format!("{word:?}")).collect();
        let message =
            format!("unsupported value {}; supported are {}", shown(value), allowed.join(", "));
        faults.push(Fault::at(trail, FaultKind::Unsupported, message));
    }
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(given) => {
            let problems = number::problems(checks, given);
            faults.extend(
                problems.into_iter().map(|problem| Fault::at(trail, FaultKind::Invalid, problem)),
            );
        }
        Value::String(text) => judge_text(checks, text, trail, faults),
        Value::Array(items) => judge_list(node, items, former, trail, faults),
        Value::Object(fields) => judge_object(node, fields, former, trail, faults),
    }
}

fn judge_text(checks: &Checks, text: &str, trail: &Trail<'_>, faults: &mut Vec<Fault>) {
    // Like the API server, say what is wrong with the length alone: the pattern may follow from it.
    let length = text.chars().count();
    if let Some(max) = checks.max_length.filter(|max| length > *max) {
        let message = format!("must be at most {max} characters long, has {length}");
        faults.push(Fault::at(trail, FaultKind::TooLong, message));
    } else if let Some(min) = checks.min_length.filter(|min| length < *min) {
        let message = format!("should be at least {min} chars long, has {length}");
        faults.push(Fault::at(trail, FaultKind::Invalid, message));
    } else if let Some(pattern) = checks.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
        let message = format!("should match '{pattern}'; {} does not", shown(&Value::from(text)));
        faults.push(Fault::at(trail, FaultKind::Invalid, message));
    }
    if checks.format == Some(FormatKeyword::DateTime) && !is_date_time(text) {
        let message = format!("must be of type date-time: {}", shown(&Value::from(text)));
        faults.push(Fault::at(trail, FaultKind::WrongType, message));
    }
}

fn judge_list(
    node: &Node,
    items: &[Value],
    former: Former<'_>,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    let size = items.len();
    if let Some(child) = node.items.as_deref() {
        for (index, item) in items.iter().enumerate() {
            judge(
                child,
                item,
                former.item(node, child, item),
                &trail.child(At::Index(index)),
                faults,
            );
        }
    }
    if let Some(max) = node.checks.max_items.filter(|max| size > *max) {
        faults.push(Fault::at(
            trail,
            FaultKind::TooMany,
            format!("must have at most {max} items, has {size}"),
        ));
    }
}

fn judge_object(
    node: &Node,
    fields: &Map<String, Value>,
    former: Former<'_>,
    trail: &Trail<'_>,
    faults: &mut Vec<Fault>,
) {
    let (checks, size) = (&node.checks, fields.len());
    if let Some(max) = checks.max_properties.filter(|max| size > *max) {
        faults.push(Fault::at(
            trail,
            FaultKind::TooMany,
            format!("must have at most {max} items, has {size}"),
        ));
    }
    for name in checks.required.iter().filter(|name| !fields.contains_key(*name)) {
        faults.push(Fault::at(&trail.child(At::Field(name)), FaultKind::Missing, "is required"));
    }
    for (name, value) in fields {
        if let Child::Judged(child, at) = node.child(name) {
            judge(child, value, former.field(child, name, value), &trail.child(at), faults);
        }
    }
}

pub(super) fn has_expected_type(node: &Node, value: &Value) -> bool {
    match (node.expected, value) {
        (Expected::Object, Value::Object(_))
        | (Expected::Array, Value::Array(_))
        | (Expected::String | Expected::IntOrString, Value::String(_))
        | (Expected::Boolean, Value::Bool(_)) => true,
        (Expected::Integer | Expected::IntOrString, Value::Number(given)) => {
            number::is_integer(given)
        }
        _ => false,
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(given) if given.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What would be right, where the slip is a well-known one.
fn advice(expected: Expected, value: &Value) -> String {
    match (expected, value) {
        // Not how: 1.10 and yes have lost what was written.
        (Expected::String, Value::Number(_) | Value::Bool(_)) => "; write it in quotes".to_owned(),
        (Expected::IntOrString, Value::Number(_)) => {
            "; write it in quotes, for example \"0.5\"".to_owned()
        }
        (Expected::String, Value::Array(_) | Value::Object(_)) => {
            "; write it as a text: put '|' after the colon and indent the lines below".to_owned()
        }
        (Expected::Object, _) => "; write a map: each line is \"key: value\"".to_owned(),
        (Expected::Integer, Value::String(text)) if text.parse::<i64>().is_ok() => {
            format!("; write it without quotes: {text}")
        }
        (Expected::Boolean, Value::String(text)) if matches!(text.as_str(), "true" | "false") => {
            format!("; write it without quotes: {text}")
        }
        (Expected::Boolean, Value::String(_)) => "; write true or false".to_owned(),
        (Expected::Array, _) => "; write a list: each item begins with \"- \"".to_owned(),
        _ => String::new(),
    }
}
