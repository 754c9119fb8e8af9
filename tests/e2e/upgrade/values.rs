//! Editing a values file by hand.

use serde_yaml::Value;
use std::fs;
use std::path::Path;

/// Takes values out of a file. Each has to be there.
#[track_caller]
pub fn take_out(file: &Path, paths: &[&str]) {
    let text = fs::read_to_string(file).expect("a values file");
    let mut values: Value = serde_yaml::from_str(&text).expect("YAML");
    for path in paths {
        assert!(remove(&mut values, path), "{path} is not in {text}");
    }
    fs::write(file, serde_yaml::to_string(&values).expect("YAML")).expect("written");
}

fn remove(values: &mut Value, path: &str) -> bool {
    match path.split_once('.') {
        Some((key, rest)) => values.get_mut(key).is_some_and(|inner| remove(inner, rest)),
        None => values.as_mapping_mut().is_some_and(|map| map.remove(path).is_some()),
    }
}
