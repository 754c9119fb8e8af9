//! Whether a live object has what is wanted.

use super::keys::{self, KeyValue, Shape};
use super::same::{is_true_when_absent, same};
use base64::Engine;
use serde_json::{Map, Value};
use std::iter::{Flatten, Peekable};
use std::option;

/// Whether a live object contains all that is wanted, by value.
///
/// What others added does not matter: fields, annotations, items of lists that are merged by key.
/// Absent, null, empty and omitted zero are the same, and the same as the default that the API
/// server puts there, but for false where absent means true; quantities compare as the API server
/// rounds them, and `stringData` of a Secret is looked for in `data`. A wanted null asks for nothing.
///
/// # Errors
/// The path of the first field that is not as wanted, such as
/// `spec.template.spec.containers[module].image`.
pub fn contains(live: &Value, wanted: &Value, shape: &Shape) -> Result<(), String> {
    let Some(wanted_fields) = wanted.as_object() else {
        return if same(live, wanted, &keys::PLAIN) { Ok(()) } else { Err(String::new()) };
    };
    contains_fields(live, wanted_fields.iter(), shape)
}

/// The same for some fields of an object of a shape.
pub fn contains_fields<'a>(
    live: &Value,
    wanted: impl Iterator<Item = (&'a String, &'a Value)>,
    shape: &Shape,
) -> Result<(), String> {
    for (name, value) in wanted {
        match shape.field(name) {
            Shape::Encoded(into) => {
                has_texts(live.get(into), value).map_err(|difference| difference.within(*into))
            }
            _ => field(live.get(name), name, value, shape),
        }
        .map_err(Difference::path)?;
    }
    Ok(())
}

/// Whether a live status contains all that is to be said, as [`contains`] compares it.
pub fn says(live: &Value, wanted: &Value) -> bool {
    field(Some(live), "status", wanted, &keys::OTHER).is_ok()
}

/// The segments of a path, innermost first.
struct Difference(Vec<String>);

impl Difference {
    fn here() -> Self {
        Self(Vec::new())
    }

    fn within(mut self, segment: impl Into<String>) -> Self {
        self.0.push(segment.into());
        self
    }

    fn path(self) -> String {
        let mut path = String::new();
        for segment in self.0.iter().rev() {
            if !path.is_empty() && !segment.starts_with('[') {
                path.push('.');
            }
            path.push_str(segment);
        }
        path
    }
}

fn field(
    live: Option<&Value>,
    name: &str,
    wanted: &Value,
    parent: &Shape,
) -> Result<(), Difference> {
    if *wanted == Value::Bool(false) && is_true_when_absent(name) && live.is_none_or(Value::is_null)
    {
        return Err(Difference::here().within(name));
    }
    // Most fields are equal scalars; they need no shape.
    let is_scalar = !(wanted.is_object() || wanted.is_array());
    if is_scalar && live == Some(wanted) {
        return Ok(());
    }
    holds(live.unwrap_or(&Value::Null), wanted, parent.field(name))
        .map_err(|difference| difference.within(segment(name)))
}

/// Names with dots, as annotations and keys of data have them, stand in brackets.
fn segment(name: &str) -> String {
    if name.contains('.') { format!("[{name}]") } else { name.to_owned() }
}

fn holds(live: &Value, wanted: &Value, shape: &Shape) -> Result<(), Difference> {
    if wanted.is_null() {
        return Ok(());
    }
    let is_map = shape.is_granular_map() || matches!(shape, Shape::Loose(_));
    let equal = match (live, wanted, shape) {
        (Value::Object(_), Value::Object(wanted), _) if is_map => {
            return fields(live, wanted, shape);
        }
        (Value::Null, Value::Object(wanted), _) if is_map => fields(live, wanted, shape).is_ok(),
        (Value::Array(live), Value::Array(wanted), Shape::Keyed(names, item)) => {
            return keyed(live, wanted, names, item);
        }
        (Value::Array(live), Value::Array(wanted), Shape::Set) => {
            wanted.iter().all(|item| live.contains(item))
        }
        (Value::Array(live), Value::Array(wanted), Shape::Loose(_)) => {
            live.len() == wanted.len()
                && live.iter().zip(wanted).all(|(live, wanted)| holds(live, wanted, shape).is_ok())
        }
        _ => same(live, wanted, shape),
    };
    if equal { Ok(()) } else { Err(Difference::here()) }
}

fn fields(live: &Value, wanted: &Map<String, Value>, shape: &Shape) -> Result<(), Difference> {
    let mut live = Walk::through(live);
    wanted.iter().try_for_each(|(name, value)| field(live.to(name), name, value, shape))
}

/// The fields of a map one after the other. Names are asked for in their order, which is that of every map: this takes a
/// third of the time of looking each of them up.
struct Walk<'a>(Peekable<Flatten<option::IntoIter<&'a Map<String, Value>>>>);

impl<'a> Walk<'a> {
    fn through(value: &'a Value) -> Self {
        Self(value.as_object().into_iter().flatten().peekable())
    }

    /// The field of a name that comes after all that were asked for before.
    fn to(&mut self, name: &str) -> Option<&'a Value> {
        while self.0.next_if(|(found, _)| found.as_str() < name).is_some() {}
        self.0.next_if(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

fn keyed(
    live: &[Value],
    wanted: &[Value],
    names: &[&str],
    shape: &Shape,
) -> Result<(), Difference> {
    for (index, item) in wanted.iter().enumerate() {
        // The order is mostly the same, so that the first look finds it.
        let same_place = live.get(index).filter(|found| keys::is_same_item(found, item, names));
        let found =
            same_place.or_else(|| live.iter().find(|found| keys::is_same_item(found, item, names)));
        found
            .ok_or_else(Difference::here)
            .and_then(|found| holds(found, item, shape))
            .map_err(|difference| difference.within(item_segment(item, names)))?;
    }
    Ok(())
}

/// `[module]`, or `[80,TCP]` where there are several keys.
fn item_segment(item: &Value, names: &[&str]) -> String {
    let parts: Vec<String> = names
        .iter()
        .map(|name| match keys::key_of(item, name).map(KeyValue::to_value) {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        })
        .collect();
    format!("[{}]", parts.join(","))
}

fn has_texts(data: Option<&Value>, wanted: &Value) -> Result<(), Difference> {
    let Some(wanted) = wanted.as_object() else { return Ok(()) };
    for (name, value) in wanted {
        let plain = value.as_str().unwrap_or_default();
        let encoded = data.and_then(|data| data.get(name)).and_then(Value::as_str);
        let engine = base64::engine::general_purpose::STANDARD;
        let bytes = encoded.map_or(Ok(Vec::new()), |encoded| engine.decode(encoded));
        if bytes.as_deref() != Ok(plain.as_bytes()) {
            return Err(Difference::here().within(segment(name)));
        }
    }
    Ok(())
}
