//! What of a status server-side apply can read.
//!
//! The API server reads the whole live object by its schema before it merges anything into it. It
//! cannot read an item without its key in a list that is merged by key, nor a value of another type,
//! and then answers HTTP 500 to every apply, whatever is applied. Such a status was written under
//! another schema: that of the TypeScript operator described no field of a condition up to 2.4.3, so
//! that the API server pruned each to `{}`.

use crate::crd;
use serde::Deserialize;
use serde_json::{Map, Number, Value};
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

/// The fields of the statuses that have a schema.
pub fn status_fields() -> BTreeSet<&'static str> {
    STATUSES.values().flat_map(|schema| schema.properties.keys()).map(String::as_str).collect()
}

/// What it takes to make the status of a custom resource legible; None where it is. What can be read
/// stays, whoever wrote it.
pub fn mending(kind: &str, status: &Value) -> Option<Mending> {
    let schema = STATUSES.get(kind)?;
    if status.is_null() {
        return None;
    }
    let Some(fields) = status.as_object() else {
        let why = read(status, schema).err().unwrap_or_default();
        return Some(Mending { patch: Map::new().into(), why: format!("status{why}") });
    };
    let mut patch = Map::new();
    let mut reasons = Vec::new();
    for (name, value) in fields {
        let Some(schema) = schema.properties.get(name) else {
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

/// What a schema says of the values that can be read.
#[derive(Deserialize)]
struct Schema {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    format: String,
    #[serde(default)]
    properties: BTreeMap<String, Schema>,
    items: Option<Box<Schema>>,
    /// By which the items of a list are told apart.
    #[serde(rename = "x-kubernetes-list-map-keys", default)]
    keys: Vec<String>,
}

/// The schema of each kind's status.
static STATUSES: LazyLock<BTreeMap<String, Schema>> = LazyLock::new(|| {
    let of = |(kind, schema): (String, Value)| Some((kind, Schema::deserialize(schema).ok()?));
    crd::status_schemas().into_iter().filter_map(of).collect()
});

/// Whether a value can be read. Null is absent, and which numbers are whole is not asked. A time may
/// be any scalar.
///
/// # Errors
/// The path to what cannot be read, and why not.
fn read(value: &Value, schema: &Schema) -> Result<(), String> {
    match (value, schema.kind.as_str()) {
        (Value::Null, _) | (Value::String(_), "string") | (Value::Bool(_), "boolean") => Ok(()),
        (Value::Object(fields), "object") => fields.iter().try_for_each(|(name, value)| {
            let known = schema.properties.get(name);
            known
                .map_or(Ok(()), |schema| read(value, schema).map_err(|why| format!(".{name}{why}")))
        }),
        (Value::Array(items), "array") => items.iter().enumerate().try_for_each(|(index, item)| {
            read_item(item, schema).map_err(|why| format!("[{index}]{why}"))
        }),
        (Value::Number(number), "integer" | "number") if fits(number, schema) => Ok(()),
        (Value::Bool(_) | Value::Number(_), "string") if schema.format == "date-time" => Ok(()),
        (_, wanted) => Err(format!(" is no {}", word(wanted))),
    }
}

/// The same for an item of a list. One that is there twice can be read.
fn read_item(item: &Value, list: &Schema) -> Result<(), String> {
    if !list.keys.is_empty() && !item.is_object() {
        return Err(" is no object".to_owned());
    }
    for key in &list.keys {
        if item.get(key).is_none_or(Value::is_null) {
            return Err(format!(" has no {key}"));
        }
    }
    list.items.as_deref().map_or(Ok(()), |schema| read(item, schema))
}

/// A number of replicas is read by the scale subresource, too, and more strictly.
fn fits(number: &Number, schema: &Schema) -> bool {
    schema.format != "int32" || number.as_u64().is_some_and(|it| i32::try_from(it).is_ok())
}

fn word(kind: &str) -> &str {
    match kind {
        "array" => "list",
        "string" => "text",
        "integer" => "number",
        other => other,
    }
}

/// The items of a list that can be read; None for what is no list.
fn legible_items(list: &Value, schema: &Schema) -> Option<Value> {
    let items = list.as_array().filter(|_| schema.kind == "array")?;
    Some(items.iter().filter(|item| read_item(item, schema).is_ok()).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use serde_json::json;

    #[test]
    fn the_first_field_that_cannot_be_read_is_named() {
        for (status, why) in [
            (json!("Ready"), "status is no object"),
            (json!({ "conditions": {} }), "status.conditions is no list"),
            (json!({ "conditions": [null] }), "status.conditions[0] is no object"),
            (json!({ "conditions": [{ "type": "A" }, {}] }), "status.conditions[1] has no type"),
            (json!({ "conditions": [{ "type": 7 }] }), "status.conditions[0].type is no text"),
            (json!({ "replicas": -1 }), "status.replicas is no number"),
        ] {
            let mending = mending("BotModule", &status).expect("it cannot be read");
            assert_eq!(mending.why, why);
        }
    }

    #[test]
    fn what_can_be_read_stays() {
        let status = json!({ "conditions": [{ "type": "A" }, {}, { "type": "" }], "theirs": [{}] });
        let patch = json!({ "conditions": [{ "type": "A" }, { "type": "" }] });
        let of = |kind: Kind, status| mending(kind.name(), status).map(|mending| mending.patch);
        for kind in Kind::all().filter(|kind| kind.is_custom()) {
            assert_eq!(of(kind, &status), Some(patch.clone()), "{kind}");
            assert_eq!(of(kind, &patch), None, "{kind}");
        }
        assert_eq!(of(Kind::Deployment, &status), None);
    }
}
