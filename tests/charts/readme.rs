//! The table of values in a chart's README.

use crate::values::{Documented, documented, read};
use serde_json::Value;

const BEGIN: &str = "<!-- values, from values.yaml: make chart-files -->\n";
const END: &str = "<!-- end of values -->";

/// The README with its table made again. What a person wrote around it stays.
pub fn generated(chart: &str) -> String {
    let text = read(chart, "README.md");
    let parts = text
        .split_once(BEGIN)
        .and_then(|(before, rest)| rest.split_once(END).map(|(_, after)| (before, after)));
    let (before, after) =
        parts.unwrap_or_else(|| panic!("helm/{chart}/README.md lacks {BEGIN:?} or {END:?}"));
    format!("{before}{BEGIN}\n{}\n{END}{after}", table(chart))
}

fn table(chart: &str) -> String {
    let head = "| value | default | |\n|---|---|---|\n".to_owned();
    let rows: String = documented(chart).iter().map(row).collect();
    head + &rows
}

fn row(value: &Documented) -> String {
    let default = value.default.as_ref().map(code).unwrap_or_default();
    let description = value.description.replace('|', "\\|");
    format!("| `{}` | {default} | {description} |\n", value.key())
}

fn code(default: &Value) -> String {
    match default {
        Value::String(text) if text.is_empty() => String::new(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
