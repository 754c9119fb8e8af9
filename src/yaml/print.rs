use serde_json::{Map, Number, Value};

use super::quote;

/// libyaml takes at most 1024 characters as a simple key; beyond this many bytes the explicit `?
/// key` form is used.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// Prints `value` as one block-style YAML document in kubectl's layout, ending in a newline,
/// without `---`.
///
/// Every YAML 1.1 and 1.2 reader gets the same value back: strings, keys and numbers included. Text
/// of several lines is a literal block where that keeps every byte (tabs inside and trailing spaces
/// of a line do), else it is double-quoted on one line. A float stays a float (`1.0`), which
/// kubectl reads as the integer 1.
///
/// Recursion is as deep as `value` is nested.
pub fn to_string(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(&mut out, map, 0),
        Value::Array(items) if !items.is_empty() => sequence(&mut out, items, 0),
        // Readers disagree about the indentation of a literal block that is the whole document.
        Value::String(text) => quote::flow(&mut out, text),
        other => scalar(&mut out, other, 0),
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Expects the cursor where the first key belongs: at `indent`, or behind a dash.
fn mapping(out: &mut String, map: &Map<String, Value>, indent: usize) {
    for (position, (name, value)) in map.iter().enumerate() {
        if position > 0 {
            spaces(out, indent);
        }
        key(out, name, indent);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                spaces(out, indent + 2);
                mapping(out, inner, indent + 2);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push('\n');
                spaces(out, indent);
                sequence(out, items, indent);
            }
            other => {
                out.push(' ');
                scalar(out, other, indent);
            }
        }
    }
}

/// Expects the cursor where the first dash belongs.
fn sequence(out: &mut String, items: &[Value], indent: usize) {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            spaces(out, indent);
        }
        out.push_str("- ");
        match item {
            Value::Object(inner) if !inner.is_empty() => mapping(out, inner, indent + 2),
            Value::Array(inner) if !inner.is_empty() => sequence(out, inner, indent + 2),
            other => scalar(out, other, indent),
        }
    }
}

fn key(out: &mut String, name: &str, indent: usize) {
    let start = out.len();
    quote::flow(out, name);
    if out.len() - start > LONGEST_SIMPLE_KEY {
        out.insert_str(start, "? ");
        out.push('\n');
        spaces(out, indent);
    }
    out.push(':');
}

/// A leaf, with the newline that ends its line. `indent` is the column of the collection that holds
/// it.
fn scalar(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&exact(number)),
        Value::Object(_) => out.push_str("{}"),
        Value::Array(_) => out.push_str("[]"),
        Value::String(text) => match quote::literal_header(text) {
            Some(header) => return literal(out, header, text, indent + 2),
            None => quote::flow(out, text),
        },
    }
    out.push('\n');
}

fn literal(out: &mut String, header: &str, text: &str, indent: usize) {
    out.push_str(header);
    out.push('\n');
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            spaces(out, indent);
        }
        out.push_str(line);
    }
    if !text.ends_with('\n') {
        out.push('\n');
    }
}

/// `1e20` is a string for YAML 1.1 readers: they want a point and a signed exponent.
fn exact(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

fn spaces(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}
