//! What Prometheus' own checker says of the metrics, and of the queries in the pages.

#[path = "cluster/mod.rs"]
mod cluster;
#[path = "docs/page.rs"]
mod page;
mod support;

use eevee_operator::kinds::Kind;
use eevee_operator::object::Object;
use eevee_operator::render::Vitals;
use eevee_operator::shell::metrics::Metrics;
use page::pages;
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Fails with what promtool complains of in metrics.
fn check(text: &str) {
    let said = promtool(&["check", "metrics"], text);
    assert!(said.is_empty(), "{said}\n{text}");
}

/// What promtool says of a text, once it is sure that it takes it.
fn promtool(arguments: &[&str], text: &str) -> String {
    let mut promtool = Command::new(cluster::promtool())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let mut input = promtool.stdin.take().expect("piped");
    input.write_all(text.as_bytes()).expect("promtool reads");
    drop(input);
    let output = promtool.wait_with_output().expect("promtool ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{said}\n{text}");
    said
}

#[test]
fn metrics_of_which_nothing_has_happened_are_accepted() {
    check(&Metrics::new().text());
}

fn vitals(resource: Value, ready: Option<bool>, wanted: i64, available: i64) -> Vitals {
    let resource = Arc::new(Object::new(resource, "").expect("a resource"));
    let (modules, overdue) = (Vec::new(), BTreeMap::new());
    Vitals { resource, ready, wanted, available, modules, overdue }
}

/// A BackupSchedule of which everything is known of one module.
fn backups(module: Value) -> Vitals {
    let module = Arc::new(Object::new(module, "").expect("a module"));
    let time = "2026-01-02T03:04:05Z";
    let schedule = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BackupSchedule",
        "metadata": { "name": "nightly", "namespace": "bots" },
        "status": { "modules": [{
            "name": "echo",
            "lastSuccess": { "time": time, "bytes": 7, "seconds": 2 },
            "lastFailure": { "time": time, "message": "no" },
            "lastDrill": { "time": time, "result": "Succeeded" },
        }] },
    });
    let overdue = BTreeMap::from([("echo".to_owned(), time.parse().expect("a time"))]);
    Vitals { modules: vec![module], overdue, ..vitals(schedule, None, 0, 0) }
}

#[test]
fn metrics_of_everything_are_accepted() {
    let metrics = Metrics::new();
    metrics.api_request("GET", "/", 200, 0.02);
    metrics.resource_event(Kind::Pod, "ADDED");
    metrics.watch_started();
    let module = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BotModule",
        "metadata": { "name": "echo", "namespace": "bots" },
        "spec": { "image": "echo:1", "moduleName": "a \"quoted\" \\ name\nof two lines, é" },
    });
    metrics.resource(&vitals(module.clone(), Some(true), 2, 1));
    metrics.resource(&backups(module));
    metrics.module_restart("echo", "bots", true);
    let main = json!({
        "apiVersion": "eevee.bot/v1", "kind": "IpcConfig",
        "metadata": { "name": "main", "namespace": "bots" },
    });
    metrics.resource(&vitals(main, None, 3, 0));
    metrics.reconcile("botmodule", "error", 0.2);
    metrics.queue_depth("botmodule", 3);
    metrics.leader(true);
    metrics.api_server_request("PATCH", "Lease", "409", 0.01);
    metrics.api_server_request("PATCH", "Lease", "connection refused", 0.01);
    metrics.event_failed();
    check(&metrics.text());
}

#[test]
fn the_queries_in_the_pages_are_accepted() {
    let rule = |(number, query)| json!({ "record": format!("query:{number}"), "expr": query });
    let rules: Vec<Value> = (0..).zip(queries()).map(rule).collect();
    assert!(rules.len() > 4, "{rules:#?}");
    let groups = json!({ "groups": [{ "name": "queries", "rules": rules }] });
    promtool(&["check", "rules", "/dev/stdin"], &groups.to_string());
}

#[test]
fn the_queries_in_the_pages_ask_for_what_is_measured() {
    let metrics = Metrics::new().text();
    let text = Regex::new(r#"#.*|"[^"]*"|\([a-z_, ]*\)"#).expect("a pattern");
    let word = Regex::new("[a-z]+_[a-z_]+").expect("a pattern");
    for query in queries() {
        let names: Vec<String> = word
            .find_iter(&text.replace_all(&query, ""))
            .map(|name| name.as_str().to_owned())
            .collect();
        assert!(!names.is_empty(), "{query} asks for nothing");
        for name in names {
            assert!(metrics.contains(&format!("# TYPE {name} ")), "{name} of {query}");
        }
    }
}

/// The queries of all pages, which blank lines divide.
fn queries() -> Vec<String> {
    let blocks = pages().into_iter().flat_map(|page| page.blocks("promql"));
    let queries = blocks
        .flat_map(|block| block.text.trim().split("\n\n").map(str::to_owned).collect::<Vec<_>>());
    queries.collect()
}
