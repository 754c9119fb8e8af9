//! The values of a chart with their descriptions: the comments above the keys of its values.yaml.

use crate::support;
use serde_json::Value;
use std::fs;

pub const CHARTS: [&str; 4] = ["crds", "operator", "bot", "eevee"];

/// One value, or a group of them.
pub struct Documented {
    /// Its keys, from the outermost to its own.
    pub path: Vec<String>,
    pub description: String,
    /// None for a group.
    pub default: Option<Value>,
}

impl Documented {
    pub fn key(&self) -> String {
        self.path.join(".")
    }
}

/// Every value with a description, in the order of the file.
///
/// # Panics
/// Where a value is in neither: without a description of its own or of a group that is described as a whole.
pub fn documented(chart: &str) -> Vec<Documented> {
    let text = read(chart, "values.yaml");
    let defaults = defaults(chart);
    let mut found = Vec::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut comment = Vec::new();
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if let Some(words) = line.trim_start().strip_prefix('#') {
            comment.push(words.trim().to_owned());
            continue;
        }
        let Some(key) = key(line) else { continue };
        path.retain(|(of, _)| *of < depth);
        path.push((depth, key.to_owned()));
        let description = std::mem::take(&mut comment).join(" ");
        let keys: Vec<String> = path.iter().map(|(_, key)| key.clone()).collect();
        found.push(Documented { path: keys, description, default: None });
    }
    found.retain(|value| !value.description.is_empty());
    let prefixes: Vec<Vec<String>> = found.iter().map(|value| value.path.clone()).collect();
    for value in &mut found {
        let is_group = prefixes.iter().any(|other| is_within(other, &value.path));
        value.default = (!is_group).then(|| at(&defaults, &value.path).clone());
    }
    assert_complete(chart, &defaults, &found);
    found
}

/// The defaults of a chart.
pub fn defaults(chart: &str) -> Value {
    serde_yaml::from_str(&read(chart, "values.yaml"))
        .unwrap_or_else(|error| panic!("helm/{chart}/values.yaml: {error}"))
}

/// A file of a chart.
pub fn read(chart: &str, file: &str) -> String {
    let path = support::root().join("helm").join(chart).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn key(line: &str) -> Option<&str> {
    let (key, _) = line.trim_start().split_once(':')?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_key.then_some(key)
}

fn is_within(path: &[String], group: &[String]) -> bool {
    path.len() > group.len() && path.starts_with(group)
}

fn at<'a>(values: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(values, |value, key| &value[key.as_str()])
}

fn assert_complete(chart: &str, defaults: &Value, found: &[Documented]) {
    let mut leaves = Vec::new();
    collect(defaults, &mut Vec::new(), &mut leaves);
    for leaf in leaves {
        let is_described =
            found.iter().any(|value| value.default.is_some() && leaf.starts_with(&value.path));
        assert!(is_described, "helm/{chart}/values.yaml: {} has no comment", leaf.join("."));
    }
}

fn collect(value: &Value, path: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) {
    match value.as_object() {
        Some(map) if !map.is_empty() => {
            for (key, value) in map {
                path.push(key.clone());
                collect(value, path, leaves);
                path.pop();
            }
        }
        _ => leaves.push(path.clone()),
    }
}
