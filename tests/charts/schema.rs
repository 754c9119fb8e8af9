//! values.schema.json of a chart, from its values.yaml: the type of a value is that of its default, and the
//! description is its comment. Helm takes a key that a person empties out of the defaults, so that the templates need it
//! again where it was not empty. `schemas/<chart>.yaml` says what a default cannot, by the keys of a value: a schema, or
//! with `crd: <plural>.<field>` that of a field of a custom resource's spec.

use crate::support;
use crate::values::{defaults, documented};
use eevee_operator::crd;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;

/// Fields deeper than this in a spec are described by `kubectl explain` alone.
const DESCRIBED: usize = 3;

type Fragments = BTreeMap<String, Value>;

/// The schema as text.
pub fn generated(chart: &str) -> String {
    let mut fragments = fragments(chart);
    let descriptions: BTreeMap<String, String> =
        documented(chart).into_iter().map(|value| (value.key(), value.description)).collect();
    let mut schema = of(&defaults(chart), "", &mut fragments, &descriptions);
    assert!(fragments.is_empty(), "schemas/{chart}.yaml: there is no value {:?}", fragments.keys());
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    open_globals(&mut schema);
    // A chart that takes this one in hands it the switch, too.
    if chart != "eevee" {
        schema["properties"]["enabled"] = json!({ "type": "boolean" });
    }
    serde_json::to_string_pretty(&schema).expect("JSON") + "\n"
}

/// Globals are for all charts of a release: others may be among them, and nobody has to set any.
fn open_globals(schema: &mut Value) {
    let required = schema["required"].as_array_mut().expect("what is required");
    required.retain(|name| name != "global");
    let globals = schema["properties"]["global"].as_object_mut().expect("globals");
    globals.remove("additionalProperties");
}

fn fragments(chart: &str) -> Fragments {
    let path = support::path(&format!("tests/charts/schemas/{chart}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn of(
    default: &Value,
    key: &str,
    fragments: &mut Fragments,
    descriptions: &BTreeMap<String, String>,
) -> Value {
    let mut schema = match fragments.remove(key) {
        Some(fragment) => expanded(fragment),
        None => match default {
            Value::Bool(_) => json!({ "type": "boolean" }),
            Value::Number(_) => json!({ "type": "integer" }),
            Value::String(_) => json!({ "type": "string" }),
            Value::Object(fields) if !fields.is_empty() => {
                let within = |name: &str| {
                    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
                };
                let is_needed = |(name, value): &(&String, &Value)| {
                    !is_empty(value) || is_group(&within(name), descriptions)
                };
                let needed: Vec<&String> =
                    fields.iter().filter(is_needed).map(|(name, _)| name).collect();
                let fields: Map<String, Value> = fields
                    .iter()
                    .map(|(name, value)| {
                        (name.clone(), of(value, &within(name), fragments, descriptions))
                    })
                    .collect();
                json!({
                    "type": "object",
                    "additionalProperties": false,
                    "required": needed,
                    "properties": fields,
                })
            }
            _ => panic!("{key} needs a schema in schemas/: its default has no type"),
        },
    };
    if let Some(description) = descriptions.get(key) {
        schema["description"] = description.as_str().into();
    }
    schema
}

/// Whether the templates do without such a value: a schema of its own says what else an object may be.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Object(_) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_group(key: &str, descriptions: &BTreeMap<String, String>) -> bool {
    let within = format!("{key}.");
    descriptions.keys().any(|other| other.starts_with(&within))
}

/// Puts in what `crd` stands for, at any depth.
fn expanded(mut fragment: Value) -> Value {
    if let Some(field) = fragment.get("crd").and_then(Value::as_str) {
        return field_of_spec(field);
    }
    match &mut fragment {
        Value::Object(map) => map.values_mut().for_each(|child| *child = expanded(child.take())),
        Value::Array(items) => items.iter_mut().for_each(|child| *child = expanded(child.take())),
        _ => {}
    }
    fragment
}

fn field_of_spec(field: &str) -> Value {
    let mut parts = field.split('.');
    let plural = parts.next().unwrap_or_default();
    let crds = crd::crds();
    let crd = crds.iter().find(|crd| crd["spec"]["names"]["plural"] == plural);
    let crd = crd.unwrap_or_else(|| panic!("there is no CRD {plural}"));
    let spec = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let found = parts.fold(spec, |schema, name| &schema["properties"][name]);
    assert!(found.is_object(), "there is no field {field}");
    judged(found, 0)
}

/// What JSON Schema can say of a part of a CRD's schema. Rules in CEL are left to the API server.
fn judged(schema: &Value, depth: usize) -> Value {
    let mut judged = Map::new();
    for (word, value) in schema.as_object().into_iter().flatten() {
        match word.as_str() {
            "description" if depth > DESCRIBED => {}
            "type" | "description" | "pattern" | "enum" | "required" | "minimum" | "maximum"
            | "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" => {
                judged.insert(word.clone(), value.clone());
            }
            "items" => {
                judged.insert(word.clone(), self::judged(value, depth + 1));
            }
            "additionalProperties" if value.is_object() => {
                judged.insert(word.clone(), self::judged(value, depth + 1));
            }
            "properties" => {
                judged.insert("additionalProperties".to_owned(), false.into());
                judged.insert(word.clone(), fields(schema, depth));
            }
            "x-kubernetes-int-or-string" => {
                judged.insert("type".to_owned(), json!(["integer", "string"]));
            }
            // What only the API server knows, and what says nothing about a value.
            "x-kubernetes-validations"
            | "x-kubernetes-list-type"
            | "x-kubernetes-list-map-keys"
            | "x-kubernetes-map-type"
            | "default"
            | "format"
            | "anyOf"
            | "additionalProperties" => {}
            other => panic!("{other} in a CRD's schema: say what JSON Schema is to make of it"),
        }
    }
    Value::Object(judged)
}

/// A field may be null where it may be absent: the templates drop it then.
fn fields(schema: &Value, depth: usize) -> Value {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields = fields.map(|(name, field)| {
        let mut field = judged(field, depth + 1);
        if !required.contains(&name.as_str()) {
            allow_null(&mut field);
        }
        (name.clone(), field)
    });
    Value::Object(fields.collect())
}

fn allow_null(schema: &mut Value) {
    match &mut schema["type"] {
        Value::Array(types) => types.push("null".into()),
        one => *one = json!([one.take(), "null"]),
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
}
