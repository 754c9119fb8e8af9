//! Setting one field of an object.

use serde_json::{Map, Value};

/// Sets a field, and makes the maps that lead to it.
pub(super) fn put(value: &mut Value, path: &[&str], field: Value) {
    let mut place = value;
    for name in path {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(fields) = place.as_object_mut() else { return };
        place = fields.entry(*name).or_insert(Value::Null);
    }
    *place = field;
}
