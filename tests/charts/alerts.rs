//! The alerts: Prometheus' own tool takes them, and they fire when they should.

use crate::dashboard::assert_measured;
use crate::helm::{one, rendered};
use crate::support;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn rules() -> Value {
    let objects = rendered("operator", "metrics: {prometheusRule: {enabled: true}}");
    one(&objects, "PrometheusRule")["spec"].clone()
}

/// Runs promtool in a folder that holds the rules and their tests.
fn promtool(name: &str, arguments: &[&str]) {
    let folder = folder(name);
    fs::write(folder.join("rules.yaml"), rules().to_string()).expect("the rules");
    let tests = support::root().join("tests/charts/alerts.yaml");
    fs::copy(tests, folder.join("alerts.yaml")).expect("their tests");
    run_promtool(&folder, arguments);
}

/// A new folder.
pub fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

pub fn run_promtool(folder: &Path, arguments: &[&str]) {
    let output = Command::new("promtool")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("promtool: {error}: install Debian package prometheus"));
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn promtool_takes_the_rules() {
    promtool("charts-rules", &["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"]);
}

#[test]
fn they_fire_when_they_should() {
    promtool("charts-alerts", &["test", "rules", "alerts.yaml"]);
}

#[test]
fn each_says_what_to_do() {
    let rules = rules();
    let rules = rules["groups"][0]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), 5);
    for rule in rules {
        for text in ["summary", "description", "runbook"] {
            let text = rule["annotations"][text].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{rule}");
        }
        assert_measured(rule["expr"].as_str().expect("an expression"));
    }
}
