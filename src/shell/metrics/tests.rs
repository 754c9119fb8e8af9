use super::*;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

const APP: &str = "app=\"eevee-operator\"";

fn module(name: &str, spec: serde_json::Value) -> Object {
    let manifest = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BotModule",
        "metadata": { "name": name, "namespace": "bots" }, "spec": spec,
    });
    Object::new(manifest, "").unwrap()
}

fn vitals(resource: Object, ready: Option<bool>, wanted: i64, available: i64) -> Vitals {
    let (modules, overdue) = (Vec::new(), BTreeMap::new());
    Vitals { resource: Arc::new(resource), ready, wanted, available, modules, overdue }
}

fn named(kind: Kind, name: &str) -> ObjectRef {
    ObjectRef::new(kind, "bots", name)
}

/// The series of a family with their values.
fn series(metrics: &Metrics, family: &str) -> Vec<String> {
    let series = |line: &&str| line.split(['{', ' ']).next() == Some(family);
    let short = |line: &str| {
        line.strip_prefix(family)
            .unwrap()
            .replace(&format!("{APP},"), "")
            .replace(&format!(",{APP}"), "")
            .replace(&format!("{{{APP}}}"), "")
    };
    metrics.text().lines().filter(series).map(short).collect()
}

#[test]
fn every_family_is_there_before_anything_has_happened() {
    let text = Metrics::new().text();
    for (family, kind) in [
        ("eevee_operator_api_requests_total", "counter"),
        ("eevee_operator_api_request_duration_seconds", "histogram"),
        ("eevee_operator_k8s_resource_events_total", "counter"),
        ("eevee_operator_k8s_active_watches", "gauge"),
        ("eevee_operator_module_restarts_total", "counter"),
        ("controller_runtime_reconcile_total", "counter"),
        ("controller_runtime_reconcile_errors_total", "counter"),
        ("controller_runtime_reconcile_time_seconds", "histogram"),
        ("workqueue_depth", "gauge"),
        ("leader_election_master_status", "gauge"),
        ("eevee_operator_bot_module_ready", "gauge"),
        ("eevee_operator_bot_module_replicas_wanted", "gauge"),
        ("eevee_operator_bot_module_replicas_available", "gauge"),
        ("eevee_operator_nats_ready", "gauge"),
        ("eevee_operator_nats_replicas_wanted", "gauge"),
        ("eevee_operator_nats_replicas_available", "gauge"),
        ("eevee_operator_s3_store_ready", "gauge"),
        ("eevee_operator_backup_last_success_timestamp_seconds", "gauge"),
        ("eevee_operator_backup_last_failure_timestamp_seconds", "gauge"),
        ("eevee_operator_backup_last_size_bytes", "gauge"),
        ("eevee_operator_backup_last_duration_seconds", "gauge"),
        ("eevee_operator_backup_drill_last_success_timestamp_seconds", "gauge"),
        ("eevee_operator_backup_overdue_timestamp_seconds", "gauge"),
        ("eevee_operator_k8s_events_failed_total", "counter"),
        ("rest_client_requests_total", "counter"),
        ("rest_client_request_duration_seconds", "histogram"),
        ("process_cpu_seconds_total", "counter"),
        ("process_resident_memory_bytes", "gauge"),
        ("process_start_time_seconds", "gauge"),
    ] {
        assert_eq!(text.matches(&format!("# TYPE {family} {kind}\n")).count(), 1, "{family}");
        assert_eq!(text.matches(&format!("# HELP {family} ")).count(), 1, "{family}");
    }
}

#[test]
fn every_series_says_whose_it_is() {
    let metrics = Metrics::new();
    everything(&metrics);
    let text = metrics.text();
    let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(series.len() > 50);
    for line in series {
        assert_eq!(line.matches(APP).count(), 1, "{line}");
    }
}

#[test]
fn each_thing_that_happens_is_counted_where_it_belongs() {
    let metrics = Metrics::new();
    everything(&metrics);
    let overdue = backup(90_000);
    let [day, hour, size, duration, failed] = [86_400, 3600, 7, 2, 0].map(backup);
    for (family, expected) in [
        ("eevee_operator_api_requests_total", "{method=\"GET\",route=\"/\",status_code=\"200\"} 1"),
        (
            "eevee_operator_api_request_duration_seconds_bucket",
            "{method=\"GET\",route=\"/\",le=\"0.05\"} 1",
        ),
        (
            "eevee_operator_api_request_duration_seconds_bucket",
            "{method=\"GET\",route=\"/\",le=\"0.01\"} 0",
        ),
        (
            "eevee_operator_k8s_resource_events_total",
            "{event_type=\"ADDED\",resource_type=\"Pod\"} 1",
        ),
        ("eevee_operator_k8s_active_watches", " 1"),
        (
            "eevee_operator_module_restarts_total",
            "{module_name=\"Echo\",namespace=\"bots\",success=\"true\"} 1",
        ),
        ("controller_runtime_reconcile_total", "{controller=\"botmodule\",result=\"error\"} 1"),
        ("controller_runtime_reconcile_errors_total", "{controller=\"botmodule\"} 1"),
        ("controller_runtime_reconcile_time_seconds_count", "{controller=\"botmodule\"} 1"),
        ("workqueue_depth", "{controller=\"botmodule\",name=\"botmodule\"} 3"),
        ("leader_election_master_status", "{name=\"eevee-operator\"} 1"),
        ("rest_client_requests_total", "{code=\"409\",kind=\"Lease\",method=\"PATCH\"} 1"),
        ("rest_client_requests_total", "{code=\"<error>\",kind=\"Lease\",method=\"PATCH\"} 1"),
        ("rest_client_request_duration_seconds_count", "{verb=\"PATCH\"} 2"),
        ("eevee_operator_k8s_events_failed_total", " 1"),
        (
            "eevee_operator_bot_module_ready",
            "{image=\"echo:1\",module_name=\"Echo\",name=\"echo\",namespace=\"bots\"} 1",
        ),
        ("eevee_operator_bot_module_replicas_wanted", "{name=\"echo\",namespace=\"bots\"} 2"),
        ("eevee_operator_bot_module_replicas_available", "{name=\"echo\",namespace=\"bots\"} 1"),
        ("eevee_operator_nats_ready", "{name=\"main\",namespace=\"bots\"} 0"),
        ("eevee_operator_nats_replicas_wanted", "{name=\"main\",namespace=\"bots\"} 3"),
        ("eevee_operator_nats_replicas_available", "{name=\"main\",namespace=\"bots\"} 0"),
        ("eevee_operator_s3_store_ready", "{name=\"minio\",namespace=\"bots\"} 1"),
        ("eevee_operator_backup_last_success_timestamp_seconds", &day),
        ("eevee_operator_backup_last_failure_timestamp_seconds", &hour),
        ("eevee_operator_backup_last_size_bytes", &size),
        ("eevee_operator_backup_last_duration_seconds", &duration),
        ("eevee_operator_backup_drill_last_success_timestamp_seconds", &failed),
        ("eevee_operator_backup_overdue_timestamp_seconds", &overdue),
    ] {
        let found = series(&metrics, family);
        assert!(found.iter().any(|line| line == expected), "{family}{expected}: {found:#?}");
    }
}

#[test]
fn a_success_is_no_error_and_makes_the_series_of_errors() {
    let metrics = Metrics::new();
    metrics.reconcile("botmodule", "success", 0.1);
    let errors = series(&metrics, "controller_runtime_reconcile_errors_total");
    assert_eq!(errors, ["{controller=\"botmodule\"} 0"]);
}

#[test]
fn methods_that_clients_make_up_are_one() {
    let metrics = Metrics::new();
    for number in 0..1000 {
        metrics.api_request(&format!("M{number}"), "/", 405, 0.0);
    }
    let found = series(&metrics, "eevee_operator_api_requests_total");
    assert_eq!(found, ["{method=\"other\",route=\"/\",status_code=\"405\"} 1000"]);
}

#[test]
fn restarts_of_unknown_modules_are_one_series() {
    let metrics = Metrics::new();
    metrics.resource(&vitals(module("echo", json!({ "image": "echo:1" })), None, 1, 0));
    metrics.module_restart("echo", "elsewhere", false);
    metrics.module_restart("nobody", "bots", false);
    let found = series(&metrics, "eevee_operator_module_restarts_total");
    assert_eq!(found, ["{module_name=\"unknown\",namespace=\"unknown\",success=\"false\"} 2"]);
}

#[test]
fn changed_labels_replace_the_old_series() {
    let metrics = Metrics::new();
    metrics.resource(&vitals(module("echo", json!({ "image": "echo:1" })), Some(true), 1, 1));
    metrics.module_restart("echo", "bots", true);
    metrics.resource(&vitals(
        module("echo", json!({ "image": "echo:2", "moduleName": "e" })),
        None,
        1,
        0,
    ));
    let ready = series(&metrics, "eevee_operator_bot_module_ready");
    let expected = "{image=\"echo:2\",module_name=\"e\",name=\"echo\",namespace=\"bots\"} 0";
    assert_eq!(ready, [expected]);
    assert!(series(&metrics, "eevee_operator_module_restarts_total").is_empty());
}

#[test]
fn how_a_module_was_under_its_former_labels_is_not_said_of_the_new_ones() {
    let metrics = Metrics::new();
    metrics.resource(&vitals(module("echo", json!({ "image": "echo:1" })), Some(true), 1, 1));
    metrics.know(&module("echo", json!({ "image": "echo:1" })));
    assert_eq!(series(&metrics, "eevee_operator_bot_module_ready").len(), 1);
    metrics.know(&module("echo", json!({ "image": "echo:2" })));
    assert!(series(&metrics, "eevee_operator_bot_module_ready").is_empty());
}

#[test]
fn nothing_is_left_of_what_is_gone() {
    let metrics = Metrics::new();
    everything(&metrics);
    assert!(metrics.text().contains("bots"));
    metrics.forget(&named(Kind::BotModule, "echo"));
    metrics.forget(&named(Kind::IpcConfig, "main"));
    metrics.forget(&named(Kind::S3Store, "minio"));
    metrics.forget(&named(Kind::BackupSchedule, "daily"));
    metrics.forget(&named(Kind::BotModule, "never-seen"));
    metrics.forget(&named(Kind::BackupSchedule, "never-seen"));
    let text = metrics.text();
    let left: Vec<&str> = text.lines().filter(|line| line.contains("bots")).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn who_looks_after_nothing_says_nothing_of_how_resources_are_and_still_counts_restarts_by_name() {
    let metrics = Metrics::new();
    everything(&metrics);
    metrics.forget_resources();
    for family in ["bot_module_ready", "bot_module_replicas_wanted", "nats_ready", "s3_store_ready"]
    {
        assert!(series(&metrics, &format!("eevee_operator_{family}")).is_empty(), "{family}");
    }
    metrics.module_restart("Echo", "bots", true);
    let restarts = series(&metrics, "eevee_operator_module_restarts_total");
    assert_eq!(restarts, ["{module_name=\"Echo\",namespace=\"bots\",success=\"true\"} 2"]);
}

#[test]
fn restarts_stay_while_another_module_has_the_name() {
    let metrics = Metrics::new();
    for name in ["one", "two"] {
        metrics.know(&module(name, json!({ "moduleName": "same" })));
    }
    metrics.module_restart("same", "bots", true);
    metrics.forget(&named(Kind::BotModule, "one"));
    assert_eq!(series(&metrics, "eevee_operator_module_restarts_total").len(), 1);
    metrics.forget(&named(Kind::BotModule, "two"));
    assert!(series(&metrics, "eevee_operator_module_restarts_total").is_empty());
}

fn resource(kind: &str, name: &str) -> Object {
    let metadata = json!({ "name": name, "namespace": "bots" });
    let manifest = json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata });
    Object::new(manifest, "").unwrap()
}

/// BackupSchedule `daily`, whose status tells these things of each of its modules.
fn schedule(told: &[&str], names: &[&str]) -> Vitals {
    let mut resource = resource("BackupSchedule", "daily");
    let entry = |name: &&str| {
        let all = format!("{{ \"name\": \"{name}\", {} }}", told.join(", "));
        serde_json::from_str::<serde_json::Value>(&all).unwrap()
    };
    let entries: Vec<_> = names.iter().map(entry).collect();
    resource.value_mut()["status"] = json!({ "modules": entries });
    let module = |name: &&str| Arc::new(module(name, json!({ "moduleName": "Echo" })));
    let modules = names.iter().map(module).collect();
    let overdue =
        names.iter().map(|name| ((*name).to_owned(), Timestamp::from_second(90_000).unwrap()));
    Vitals { modules, overdue: overdue.collect(), ..vitals(resource, None, 0, 0) }
}

const SUCCESS: &str =
    r#""lastSuccess": { "time": "1970-01-02T00:00:00Z", "bytes": 7, "seconds": 2 }"#;
const FAILURE: &str = r#""lastFailure": { "time": "1970-01-01T01:00:00Z", "message": "no" }"#;
const FAILED_DRILL: &str = r#""lastDrill": { "time": "1970-01-01T01:00:00Z", "result": "Failed" }"#;
const DRILL: &str = r#""lastDrill": { "time": "1970-01-01T01:00:00Z", "result": "Succeeded" }"#;

fn backup(value: i64) -> String {
    let labels = "module_name=\"Echo\",name=\"echo\",namespace=\"bots\",schedule=\"daily\"";
    format!("{{{labels}}} {value}")
}

#[test]
fn a_backup_tells_what_its_status_tells_and_no_more() {
    let metrics = Metrics::new();
    let drills = "eevee_operator_backup_drill_last_success_timestamp_seconds";
    let sizes = "eevee_operator_backup_last_size_bytes";
    metrics.resource(&schedule(&[SUCCESS, DRILL], &["echo"]));
    assert_eq!(series(&metrics, drills), [backup(3600)]);
    assert!(series(&metrics, "eevee_operator_backup_last_failure_timestamp_seconds").is_empty());
    metrics.resource(&schedule(&[FAILURE], &["echo"]));
    assert!(series(&metrics, sizes).is_empty() && series(&metrics, drills).is_empty());
    metrics.resource(&schedule(&[SUCCESS], &["dice"]));
    let [size] = &series(&metrics, sizes)[..] else { panic!("not one series") };
    assert!(size.contains("name=\"dice\""), "{size}");
    metrics.forget_resources();
    assert!(series(&metrics, sizes).is_empty());
}

#[test]
fn a_module_that_a_status_names_twice_is_one_series() {
    let metrics = Metrics::new();
    metrics.resource(&schedule(&[SUCCESS], &["echo", "echo"]));
    let sizes = series(&metrics, "eevee_operator_backup_last_size_bytes");
    assert_eq!(sizes, [backup(7)]);
}

#[test]
fn while_nothing_can_be_overdue_there_is_no_such_series() {
    let metrics = Metrics::new();
    let overdue = "eevee_operator_backup_overdue_timestamp_seconds";
    metrics.resource(&schedule(&[SUCCESS], &["echo"]));
    assert_eq!(series(&metrics, overdue), [backup(90_000)]);
    let suspended = Vitals { overdue: BTreeMap::new(), ..schedule(&[SUCCESS], &["echo"]) };
    metrics.resource(&suspended);
    assert!(series(&metrics, overdue).is_empty());
    metrics.resource(&schedule(&[SUCCESS], &["echo"]));
    metrics.forget(&named(Kind::BackupSchedule, "daily"));
    assert!(series(&metrics, overdue).is_empty());
}

fn everything(metrics: &Metrics) {
    metrics.api_request("GET", "/", 200, 0.02);
    metrics.resource_event(Kind::Pod, "ADDED");
    metrics.watch_started();
    metrics.watch_started();
    metrics.watch_ended();
    metrics.resource(&vitals(
        module("echo", json!({ "image": "echo:1", "moduleName": "Echo" })),
        Some(true),
        2,
        1,
    ));
    metrics.module_restart("Echo", "bots", true);
    let main = json!({
        "apiVersion": "eevee.bot/v1", "kind": "IpcConfig",
        "metadata": { "name": "main", "namespace": "bots" },
    });
    metrics.resource(&vitals(Object::new(main, "").unwrap(), None, 3, 0));
    metrics.resource(&vitals(resource("S3Store", "minio"), Some(true), 0, 0));
    metrics.resource(&schedule(&[SUCCESS, FAILURE, FAILED_DRILL], &["echo"]));
    metrics.reconcile("botmodule", "error", 0.2);
    metrics.queue_depth("botmodule", 3);
    metrics.leader(true);
    metrics.api_server_request("PATCH", "Lease", "409", 0.01);
    metrics.api_server_request("PATCH", "Lease", "connection refused", 0.01);
    metrics.event_failed();
}

/// A kind that is new tells nothing by itself.
#[test]
fn every_kind_that_is_rendered_has_series_or_is_known_to_have_none() {
    let metrics = Metrics::new();
    let has_series = |kind: &Kind| metrics.0.all_series().any(|(of, _)| of == *kind);
    let without: Vec<Kind> = crate::render::kinds().filter(|kind| !has_series(kind)).collect();
    assert_eq!(without, [Kind::BackupRestore]);
}
