//! What becomes of empty fields: what the API server puts in their place, and what is not sent.

use super::keys::Shape;
use super::same::is_nothing;
use serde_json::Value;
use std::borrow::Cow;

impl Shape {
    /// A scalar with the default in its place.
    pub(super) fn filled<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        match self.default().filter(|_| is_nothing(value)) {
            Some(default) => Cow::Owned(default),
            None => Cow::Borrowed(value),
        }
    }

    fn default(&self) -> Option<Value> {
        match self {
            Self::Number(number) => Some(Value::from(*number)),
            Self::Text(text) => Some(Value::from(*text)),
            _ => None,
        }
    }
}

/// Fills in the defaults of scalars, as far as the shape knows them. Does nothing the second time.
pub fn fill(value: &mut Value, shape: &Shape) {
    match value {
        Value::Object(fields) => {
            for (name, shape) in shape.known() {
                if let Some(default) = shape.default() {
                    let field = fields.entry(*name).or_insert(Value::Null);
                    if is_nothing(field) {
                        *field = default;
                    }
                } else if let Some(field) = fields.get_mut(*name) {
                    fill(field, shape);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, shape.item())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes out empty scalars that the API server would refuse. Charts and tools write them where they
/// have no value.
pub fn leave_out_empty(value: &mut Value, shape: &Shape) {
    match value {
        Value::Object(fields) => {
            for (name, shape) in shape.known() {
                let Some(field) = fields.get_mut(*name) else { continue };
                let is_left_out = match shape {
                    Shape::Optional => is_nothing(field),
                    Shape::Quantity => field.as_str() == Some(""),
                    _ => false,
                };
                if is_left_out {
                    fields.remove(*name);
                } else {
                    leave_out_empty(field, shape);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                leave_out_empty(item, shape.item());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
