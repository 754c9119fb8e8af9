//! A schema as tables: one row for each field, one section for each object.

use crate::reference::text;
use serde_json::Value;

/// An object with more fields than this has a section for each of its parts.
const LONGEST: usize = 100;

/// The section of an object, and those of the objects in it.
pub fn section(path: &str, schema: &Value) -> String {
    let description = sentence(text(&schema["description"]));
    let (path, schema) = inner(path, schema);
    let heading = if path.contains('.') { "###" } else { "##" };
    let mut page = format!("\n{heading} {path}\n\n");
    if !path.contains('.') && !description.is_empty() {
        page += &format!("{description}\n\n");
    }
    page += "| field | type | default | |\n|---|---|---|---|\n";
    let is_split = !path.contains('.') || count(schema) > LONGEST;
    let mut parts = String::new();
    for (name, field) in fields(schema) {
        let required = is_required(schema, name);
        page += &row(name, field, required);
        if is_split && has_fields(field) {
            parts += &section(&format!("{path}.{name}"), field);
        } else {
            page += &rows(name, field);
        }
    }
    page + &parts
}

/// The rows of all that is within a field.
fn rows(path: &str, schema: &Value) -> String {
    let (path, schema) = inner(path, schema);
    let row_and_rest = |(name, field): (&String, &Value)| {
        let path = format!("{path}.{name}");
        row(&path, field, is_required(schema, name)) + &rows(&path, field)
    };
    fields(schema).map(row_and_rest).collect()
}

fn row(path: &str, schema: &Value, required: bool) -> String {
    let default = match schema.get("default") {
        Some(Value::Object(map)) if map.is_empty() => "`{}`".to_owned(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => format!("`{other}`"),
        None if required => "required".to_owned(),
        None => String::new(),
    };
    let mut words = sentence(text(&schema["description"]));
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        let message = sentence(text(&rule["message"]));
        words += &format!(" Rule: {}.", message.trim_end_matches('.'));
    }
    format!("| `{path}` | {} | {default} | {words} |\n", kind(schema))
}

fn kind(schema: &Value) -> String {
    if let Some(allowed) = schema["enum"].as_array() {
        return allowed.iter().map(text).collect::<Vec<_>>().join(", ");
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return "integer or string".to_owned();
    }
    match text(&schema["type"]) {
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("map of {}", kind(&schema["additionalProperties"]))
        }
        "integer" => format!("integer{}", range(schema)),
        "string" if schema["format"] == "date-time" => "time".to_owned(),
        "string" => match schema["maxLength"].as_u64() {
            Some(most) => format!("string, at most {most} characters"),
            None => "string".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn range(schema: &Value) -> String {
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(least), Some(most)) => format!(", {least} to {most}"),
        (Some(least), None) => format!(", {least} or more"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    }
}

/// The first paragraph, as a cell of a table takes it.
fn sentence(description: &str) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    words.join(" ").replace('<', "&lt;").replace('|', "\\|")
}

/// What a list or a map is made of, under the path of any of its items.
fn inner<'a>(path: &str, schema: &'a Value) -> (String, &'a Value) {
    for (part, mark) in [("items", "[]"), ("additionalProperties", ".*")] {
        if schema[part].is_object() {
            return inner(&format!("{path}{mark}"), &schema[part]);
        }
    }
    (path.to_owned(), schema)
}

fn has_fields(schema: &Value) -> bool {
    count(inner("", schema).1) > 0
}

/// How many fields there are within an object, at any depth.
fn count(schema: &Value) -> usize {
    let (_, schema) = inner("", schema);
    fields(schema).map(|(_, field)| 1 + count(field)).sum()
}

fn fields(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|one| one == name))
}
