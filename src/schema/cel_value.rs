//! From JSON to what a CEL rule sees, typed by the schema.

use super::functions::FUNCTIONS;
use super::keywords::{Expected, FormatKeyword};
use super::node::{Additional, Child, Node};
use super::reads::Reads;
use super::value::has_expected_type;
use kube_cel::cel::objects::{Key, Map};
use kube_cel::cel::{Program, Value as Cel};
use serde_json::{Number, Value};
use std::sync::{Arc, LazyLock};

/// The value that a rule gets as `self`; of an object, the fields that it reads.
pub(super) fn to_cel(node: &Node, value: &Value, reads: &Reads) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(bool) => Cel::Bool(*bool),
        Value::Number(number) => number_to_cel(node.expected, number),
        Value::String(text) => text_to_cel(node, text),
        Value::Array(items) => {
            let item = |item| {
                node.items.as_deref().map_or(Cel::Null, |node| to_cel(node, item, &Reads::WHOLE))
            };
            Cel::List(Arc::new(items.iter().map(item).collect()))
        }
        Value::Object(fields) => {
            // The keys of a map are data; the names of fields are CEL identifiers.
            let is_map = matches!(node.additional, Additional::Judged(_));
            let field = |(name, value): (&String, &Value)| {
                // A rule cannot read what the schema does not describe, nor what is of another type.
                let Child::Judged(child, _) = node.child(name) else { return None };
                if !has_expected_type(child, value) {
                    return None;
                }
                let key = if is_map { name.clone() } else { identifier(name) };
                let value = match (reads.needs(&key), node.is_root && name == "metadata") {
                    (false, _) => return None,
                    (true, true) => names(value),
                    (true, false) => to_cel(child, value, &Reads::WHOLE),
                };
                Some((Key::from(key), value))
            };
            Cel::Map(Map { map: Arc::new(fields.iter().filter_map(field).collect()) })
        }
    }
}

/// All that rules see of `metadata`. A name that the API server is to generate gets five characters
/// more than its prefix.
fn names(metadata: &Value) -> Cel {
    let given =
        |field: &str| metadata.get(field).and_then(Value::as_str).filter(|name| !name.is_empty());
    let generated = given("generateName").map(|prefix| format!("{prefix}xxxxx"));
    let name = given("name").map(str::to_owned).or(generated);
    let names = [("name", name), ("generateName", given("generateName").map(str::to_owned))];
    let entry = |(field, name): (&str, Option<String>)| {
        Some((Key::from(field), Cel::String(Arc::new(name?))))
    };
    Cel::Map(Map { map: Arc::new(names.into_iter().filter_map(entry).collect()) })
}

fn number_to_cel(expected: Expected, number: &Number) -> Cel {
    match (expected, number.as_i64(), number.as_f64()) {
        (_, Some(integer), _) => Cel::Int(integer),
        // `1.0` where an integer belongs, which clients send as `1`.
        #[allow(clippy::cast_possible_truncation)]
        (Expected::Integer, None, Some(float)) if float.fract() == 0.0 => Cel::Int(float as i64),
        (_, None, float) => Cel::Float(float.unwrap_or(f64::NAN)),
    }
}

static TIMESTAMP: LazyLock<Option<Program>> =
    LazyLock::new(|| Program::compile("timestamp(text)").ok());

/// A time is a value of a type of its own. CEL itself converts it; what it cannot convert stays a
/// text.
fn text_to_cel(node: &Node, text: &str) -> Cel {
    let plain = Cel::String(Arc::new(text.to_owned()));
    if node.checks.format != Some(FormatKeyword::DateTime) {
        return plain;
    }
    let mut scope = FUNCTIONS.new_inner_scope();
    scope.add_variable_from_value("text", plain.clone());
    TIMESTAMP.as_ref().and_then(|convert| convert.execute(&scope).ok()).unwrap_or(plain)
}

/// Reserved words of CEL; a field of that name is written `__in__`.
const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// How a rule writes the name of a field.
fn identifier(name: &str) -> String {
    if RESERVED.contains(&name) {
        return format!("__{name}__");
    }
    name.replace("__", "__underscores__")
        .replace('.', "__dot__")
        .replace('-', "__dash__")
        .replace('/', "__slash__")
}
