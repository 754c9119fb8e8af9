//! The dashboard asks for what the operator measures, in a language that Prometheus understands.

use crate::alerts::{folder, run_promtool};
use crate::helm::{one, rendered};
use eevee_operator::shell::metrics::Metrics;
use regex::Regex;
use serde_json::{Value, json};
use std::fs;

/// Whether every metric of an expression is one of the operator's.
pub fn assert_measured(expression: &str) {
    let text = Metrics::new().text();
    let name = Regex::new(r"([a-z0-9_]+)\{").expect("a pattern");
    let names: Vec<&str> = name
        .captures_iter(expression)
        .filter_map(|found| found.get(1))
        .map(|it| it.as_str())
        .collect();
    assert!(!names.is_empty(), "{expression} asks for nothing");
    for name in names {
        let family = name.strip_suffix("_bucket").unwrap_or(name);
        let is_measured = text.contains(&format!("# TYPE {family} "));
        assert!(is_measured, "{name} is not measured");
    }
}

fn dashboard() -> Value {
    let objects = rendered("operator", "metrics: {dashboard: {enabled: true}}");
    let map = one(&objects, "ConfigMap");
    assert_eq!(map["metadata"]["labels"]["grafana_dashboard"], "1");
    let text = map["data"]["eevee-operator.json"].as_str().expect("a dashboard");
    serde_json::from_str(text).expect("JSON")
}

fn expressions() -> Vec<String> {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().expect("panels").iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    targets.map(|target| target["expr"].as_str().expect("an expression").to_owned()).collect()
}

#[test]
fn every_panel_asks_for_what_is_measured() {
    let expressions = expressions();
    assert!(expressions.len() > 15, "{}", expressions.len());
    for expression in &expressions {
        assert_measured(expression);
    }
}

#[test]
fn promtool_takes_every_query() {
    let rules: Vec<Value> = expressions()
        .iter()
        .enumerate()
        .map(|(number, expression)| {
            // What Grafana puts in.
            let query = expression.replace("$__rate_interval", "5m").replace("$namespace", ".*");
            assert!(!query.contains('$'), "{query}");
            json!({ "record": format!("panel:{number}"), "expr": query })
        })
        .collect();
    let folder = folder("charts-dashboard");
    let groups = json!({ "groups": [{ "name": "panels", "rules": rules }] });
    fs::write(folder.join("rules.yaml"), groups.to_string()).expect("a file");
    run_promtool(&folder, &["check", "rules", "--lint=none", "rules.yaml"]);
}

#[test]
fn panels_do_not_lie_upon_each_other() {
    let dashboard = dashboard();
    let cells = dashboard["panels"].as_array().expect("panels").iter().flat_map(|panel| {
        let at = |side: &str| panel["gridPos"][side].as_u64().expect("a number");
        let (x, y, w, h) = (at("x"), at("y"), at("w"), at("h"));
        (x..x + w).flat_map(move |x| (y..y + h).map(move |y| (x, y)))
    });
    let mut taken = std::collections::BTreeSet::new();
    for cell in cells {
        assert!(cell.0 < 24 && taken.insert(cell), "{cell:?}");
    }
}
