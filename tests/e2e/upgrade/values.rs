//! Editing a values file by hand.

use crate::page::page;
use serde_yaml::Value;

/// A values file of the former chart operator, less what the guide has people take out. All of that has to be there.
#[track_caller]
pub fn taken_over(text: &str) -> String {
    let mut values: Value = serde_yaml::from_str(text).expect("YAML");
    let taken_out = page("docs/upgrade.md").section("4. The operator").rows();
    assert!(taken_out.iter().any(|path| path == "operator.operator.image"), "{taken_out:?}");
    for path in taken_out {
        assert!(remove(&mut values, &path), "{path} is not in {text}");
    }
    serde_yaml::to_string(&values).expect("YAML")
}

fn remove(values: &mut Value, path: &str) -> bool {
    match path.split_once('.') {
        Some((key, rest)) => values.get_mut(key).is_some_and(|inner| remove(inner, rest)),
        None => values.as_mapping_mut().is_some_and(|map| map.remove(path).is_some()),
    }
}
