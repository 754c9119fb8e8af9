//! Words and numbers that Kubernetes limits, in whatever type they stand.

use super::{Invalid, Verdict, shown};
use crate::crd::words::{LIMITS, Limit};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The end of a path, and what stands there must be.
type Limited = (&'static [&'static str], Limit);

/// Limits by the last name of their path: few fields of a spec have any.
static BY_LAST_NAME: LazyLock<HashMap<&str, Vec<&Limited>>> = LazyLock::new(|| {
    let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
    for entry in &LIMITS {
        by_name.entry(entry.0.last().copied().unwrap_or_default()).or_default().push(entry);
    }
    by_name
});

/// Judges every field of a spec that has a limit.
///
/// # Errors
/// The first that is outside of it, and what it must be.
pub fn check(spec: &Value) -> Verdict {
    walk(spec, &mut Vec::new(), &mut "spec".to_owned())
}

/// `names` are the fields that lead to it, `path` is the same with the places in lists.
fn walk<'a>(value: &'a Value, names: &mut Vec<&'a str>, path: &mut String) -> Verdict {
    let length = path.len();
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push('.');
                path.push_str(name);
                names.push(name);
                walk(value, names, path)?;
                names.pop();
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                path.push_str(&format!("[{place}]"));
                walk(item, names, path)?;
                path.truncate(length);
            }
        }
        Value::String(_) | Value::Number(_) => {
            let limits = names.last().and_then(|name| BY_LAST_NAME.get(name)).into_iter().flatten();
            for (_, limit) in limits.filter(|(end, _)| names.ends_with(end)) {
                judge(path, value, limit)?;
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    Ok(())
}

fn judge(path: &str, value: &Value, limit: &Limit) -> Verdict {
    match (limit, value) {
        (Limit::OneOf(words), Value::String(word)) if !words.contains(&word.as_str()) => {
            let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
            Err(Invalid::new(
                path,
                format!("is {}: it must be {}", shown(word), alternatives(&words)),
            ))
        }
        (Limit::AtLeast(least), Value::Number(number))
            if number.as_i64().is_some_and(|number| number < *least) =>
        {
            Err(Invalid::new(path, format!("is {number}: it must be {least} or more")))
        }
        (Limit::Between(least, most), Value::Number(number))
            if number.as_i64().is_some_and(|number| !(*least..=*most).contains(&number)) =>
        {
            Err(Invalid::new(
                path,
                format!("is {number}: it must be a number from {least} to {most}"),
            ))
        }
        // A value of another type is named where the spec is read.
        _ => Ok(()),
    }
}

/// `A, B or C`.
fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
