//! The alerts: Prometheus' own tool takes them, and they fire when they should.

use crate::cluster;
use crate::dashboard::assert_measured;
use crate::helm::{one, rendered};
use crate::support;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ONE: &str = "metrics: {prometheusRule: {enabled: true}}";
const EVERYWHERE: &str = "{metrics: {prometheusRule: {enabled: true}}, operator: {operator: {env: {watchOtherNamespaces: true}}}}";

fn rules(values: &str) -> Value {
    let objects = rendered("operator", values);
    one(&objects, "PrometheusRule")["spec"].clone()
}

/// Runs promtool in a folder that holds the rules and their tests.
fn promtool(name: &str, values: &str, arguments: &[&str]) {
    let folder = folder(name);
    fs::write(folder.join("rules.yaml"), rules(values).to_string()).expect("the rules");
    for tests in ["alerts.yaml", "alerts_everywhere.yaml"] {
        let file = support::root().join("tests/charts").join(tests);
        fs::copy(file, folder.join(tests)).expect("their tests");
    }
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
    let output = Command::new(cluster::promtool())
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("promtool starts");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn promtool_takes_the_rules() {
    let check = ["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"];
    promtool("charts-rules", ONE, &check);
}

#[test]
fn they_fire_when_they_should() {
    promtool("charts-alerts", ONE, &["test", "rules", "alerts.yaml"]);
}

#[test]
fn those_about_bots_fire_everywhere_when_all_namespaces_are_watched() {
    promtool("charts-alerts-of-all", EVERYWHERE, &["test", "rules", "alerts_everywhere.yaml"]);
}

#[test]
fn each_says_what_to_do() {
    let rules = rules(ONE);
    let rules = rules["groups"][0]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), 9);
    for rule in rules {
        for text in ["summary", "description", "runbook"] {
            let text = rule["annotations"][text].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{rule}");
        }
        assert_measured(rule["expr"].as_str().expect("an expression"));
    }
}
