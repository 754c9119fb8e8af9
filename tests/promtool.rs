//! What Prometheus' own checker says of the metrics.

use eevee_operator::object::{Kind, Object};
use eevee_operator::shell::metrics::Metrics;
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};

/// Fails with what promtool complains of.
fn check(text: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("promtool: {error}: install Debian package prometheus"));
    let mut input = promtool.stdin.take().expect("piped");
    input.write_all(text.as_bytes()).expect("promtool reads");
    drop(input);
    let output = promtool.wait_with_output().expect("promtool ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.is_empty(), "{said}\n{text}");
}

#[test]
fn metrics_of_which_nothing_has_happened_are_accepted() {
    check(&Metrics::new().text());
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
    metrics.module(&Object::new(module, "").expect("a module"), Some(true), 2, 1);
    metrics.module_restart("echo", "bots", true);
    metrics.ipc_config("bots", "main", None, 3, 0);
    metrics.reconcile("botmodule", "error", 0.2);
    metrics.queue_depth("botmodule", 3);
    metrics.leader(true);
    metrics.api_server_request("PATCH", "Lease", "409", 0.01);
    metrics.api_server_request("PATCH", "Lease", "connection refused", 0.01);
    metrics.event_failed();
    check(&metrics.text());
}
