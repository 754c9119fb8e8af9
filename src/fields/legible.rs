//! What of a status server-side apply can read.
//!
//! The API server reads the whole live object by its schema before it merges anything into it. It
//! cannot read an item without its key in a list that is merged by key, nor a value of another type,
//! and then answers HTTP 500 to every apply, whatever is applied. Such a status was written under
//! another schema: that of the TypeScript operator described no field of a condition up to 2.4.3, so
//! that the API server pruned each to `{}`.

use crate::crd;
use crate::object::Kind;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What makes a status legible.
#[derive(Debug, PartialEq)]
pub struct Mending {
    /// JSON merge patch of the status: lists with the items that can be read, null for other fields.
    pub patch: Value,
    /// The first field that cannot be read, and why.
    pub why: String,
}

/// What it takes to make the status of a custom resource legible; None where it is. What can be read
/// stays, whoever wrote it.
pub fn mending(kind: Kind, status: &Value) -> Option<Mending> {
    let schema = STATUSES.get(&kind)?;
    if status.is_null() {
        return None;
    }
    let Some(fields) = status.as_object() else {
        let why = read(status, schema).err().unwrap_or_default();
        return Some(Mending { patch: Map::new().into(), why: format!("status {why}") });
    };
    let mut patch = Map::new();
    let mut reasons = Vec::new();
    for (name, value) in fields {
        let Some(schema) = schema.pointer("/properties").and_then(|known| known.get(name)) else {
            // Nobody reads what the schema does not know.
            continue;
        };
        if let Err(why) = read(value, schema) {
            patch.insert(name.clone(), legible_items(value, schema).unwrap_or(Value::Null));
            reasons.push(format!("status.{name}{why}"));
        }
    }
    let why = reasons.into_iter().next()?;
    Some(Mending { patch: patch.into(), why })
}

/// The schema of each kind's status.
static STATUSES: LazyLock<BTreeMap<Kind, Value>> = LazyLock::new(|| {
    let status = "/spec/versions/0/schema/openAPIV3Schema/properties/status";
    let of = |crd: Value| {
        let kind = Kind::of(crd::API_VERSION, crd.pointer("/spec/names/kind")?.as_str()?)?;
        Some((kind, crd.pointer(status)?.clone()))
    };
    crd::crds().into_iter().filter_map(of).collect()
});

/// Whether a value can be read. Null is absent.
///
/// # Errors
/// The path to what cannot be read, and why not.
fn read(value: &Value, schema: &Value) -> Result<(), String> {
    let wanted = schema["type"].as_str().unwrap_or_default();
    match (value, wanted) {
        (Value::Null, _) => Ok(()),
        (Value::Object(fields), "object") => fields.iter().try_for_each(|(name, value)| {
            let known = schema.pointer("/properties").and_then(|known| known.get(name));
            known.map_or(Ok(()), |schema| {
                read(value, schema).map_err(|why| format!(".{name}{why}"))
            })
        }),
        (Value::Array(items), "array") => {
            let mut seen = BTreeSet::new();
            let mut numbered = items.iter().enumerate();
            numbered.try_for_each(|(index, item)| {
                read_item(item, schema, &mut seen).map_err(|why| format!("[{index}]{why}"))
            })
        }
        (Value::String(_), "string") | (Value::Bool(_), "boolean") | (Value::Number(_), "number") => {
            Ok(())
        }
        (Value::Number(number), "integer") if number.is_i64() => Ok(()),
        _ => Err(format!(" is no {wanted}")),
    }
}

/// The same for an item of a list, after those whose keys were seen.
fn read_item(item: &Value, list: &Value, seen: &mut BTreeSet<String>) -> Result<(), String> {
    let keys = list["x-kubernetes-list-map-keys"].as_array().map_or(&[][..], Vec::as_slice);
    if keys.is_empty() {
        return read(item, &list["items"]);
    }
    if !item.is_object() {
        return Err(" is no object".to_owned());
    }
    for key in keys.iter().filter_map(Value::as_str) {
        if item.get(key).is_none_or(Value::is_null) {
            return Err(format!(" has no {key}"));
        }
    }
    read(item, &list["items"])?;
    let identity: Vec<String> =
        keys.iter().filter_map(Value::as_str).map(|key| item[key].to_string()).collect();
    if seen.insert(identity.join(",")) {
        Ok(())
    } else {
        Err(format!(" has the {} of another one", keys[0].as_str().unwrap_or_default()))
    }
}

/// The items of a list that can be read; None for what is no list. Of doubled ones the first stays.
fn legible_items(list: &Value, schema: &Value) -> Option<Value> {
    let items = list.as_array().filter(|_| schema["type"] == "array")?;
    let mut seen = BTreeSet::new();
    let legible = items.iter().filter(|item| read_item(item, schema, &mut seen).is_ok());
    Some(legible.cloned().collect())
}
