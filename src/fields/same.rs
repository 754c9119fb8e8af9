//! Whether two values say the same to the API server.

use super::keys::Shape;
use super::quantity;
use serde_json::{Map, Value};

/// Fields that Kubernetes takes for true where they are absent.
const TRUE_WHEN_ABSENT: [&str; 3] =
    ["allowPrivilegeEscalation", "automountServiceAccountToken", "enableServiceLinks"];

pub(super) fn is_true_when_absent(name: &str) -> bool {
    TRUE_WHEN_ABSENT.contains(&name)
}

/// Equal by value, nothing added on either side.
pub(super) fn same(left: &Value, right: &Value, shape: &Shape) -> bool {
    match (left, right, shape) {
        (_, _, Shape::Exact) => left == right || is_without_content(left, right),
        (_, _, Shape::Quantity | Shape::Resource) => {
            same_scalar(left, right) || same_amount(left, right, shape)
        }
        (_, _, Shape::Number(_) | Shape::Text(_)) => {
            same_scalar(&shape.filled(left), &shape.filled(right))
        }
        (Value::Object(left), Value::Object(right), _) => same_fields(left, right, shape),
        (Value::Object(fields), Value::Null, _) | (Value::Null, Value::Object(fields), _) => {
            same_fields(fields, &Map::new(), shape)
        }
        (Value::Array(left), Value::Array(right), _) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right, shape.item()))
        }
        _ => same_scalar(left, right),
    }
}

fn same_fields(left: &Map<String, Value>, right: &Map<String, Value>, shape: &Shape) -> bool {
    let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
    names.into_iter().all(|name| {
        let [left, right] = [left, right].map(|fields| fields.get(name).unwrap_or(&Value::Null));
        same_field(name, left, right, shape)
    })
}

/// The same for a field of a map of some shape.
pub(super) fn same_field(name: &str, left: &Value, right: &Value, parent: &Shape) -> bool {
    let is_false = |value: &Value| *value == Value::Bool(false);
    let differ = is_true_when_absent(name) && is_false(left) != is_false(right);
    !differ && same(left, right, parent.field(name))
}

fn same_amount(left: &Value, right: &Value, shape: &Shape) -> bool {
    let amount = |value: &Value| {
        // A missing amount that stands alone is zero; one in a list of resources is not there.
        let zero = (value.is_null() && matches!(shape, Shape::Quantity)).then(|| Value::from(0));
        let amount = quantity::of(zero.as_ref().unwrap_or(value))?;
        Some(if matches!(shape, Shape::Resource) { amount.rounded() } else { amount })
    };
    amount(left).is_some_and(|left| Some(left) == amount(right))
}

fn same_scalar(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64() == right.as_f64()
        }
        (left, right) => left == right || is_nothing(left) && is_nothing(right),
    }
}

fn is_without_content(left: &Value, right: &Value) -> bool {
    [left, right].into_iter().all(|value| match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
    })
}

/// What the API server may leave out: null, an empty text, list or map, false and 0.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
    }
}
