//! Which texts of an object may hold a secret value that somebody put there.

use serde_json::{Map, Value};

/// Fields that hold names and words of an enumeration, never a secret. A value of some Secret that
/// is the same as one of them by accident must not change it.
const WORDS: [&str; 25] = [
    "apiVersion",
    "configReload",
    "effect",
    "image",
    "ipcConfig",
    "kind",
    "labels",
    "managedFields",
    "matchLabels",
    "name",
    "namespace",
    "nodeSelector",
    "operator",
    "ownerReferences",
    "phase",
    "protocol",
    "reason",
    "resourceVersion",
    "scheme",
    "selector",
    "topologyKey",
    "type",
    "uid",
    "whenUnsatisfiable",
    "accessModes",
];

/// Endings of the names of such fields.
const ENDINGS: [&str; 6] = ["Name", "Path", "Policy", "Selector", "Time", "Timestamp"];

/// Fields whose keys are free, so that none of them says what its value is.
const FREE: [&str; 4] = ["annotations", "binaryData", "data", "podAnnotations"];

/// Replaces what is found in the texts of an object.
pub fn scrub(value: &mut Value, replace: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = replace(text),
        Value::Array(items) => items.iter_mut().for_each(|item| scrub(item, replace)),
        Value::Object(fields) => scrub_fields(fields, replace),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn scrub_fields(fields: &mut Map<String, Value>, replace: &impl Fn(&str) -> String) {
    for (name, value) in fields {
        if FREE.contains(&name.as_str()) {
            let free = value.as_object_mut().into_iter().flat_map(Map::values_mut);
            free.for_each(|value| scrub(value, replace));
        } else if !is_word(name) {
            scrub(value, replace);
        }
    }
}

fn is_word(name: &str) -> bool {
    WORDS.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Hands over every text of a value, the names of fields, too.
pub fn texts(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, take)),
        Value::Object(fields) => {
            for (name, value) in fields {
                take(name);
                texts(value, take);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
