//! The metrics of the running operator, as Prometheus reads them.

use crate::api::{get, restart};
use crate::cluster::promtool;
use crate::findings::deployment;
use crate::operator::LONG;
use crate::refused::impossible;
use crate::stage::Stage;
use crate::support::{Fault, Request, Verb, has_rolled_out};
use crate::watches::WATCHED;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

/// Every name of the contract.
const NAMES: [&str; 24] = [
    "eevee_operator_api_requests_total",
    "eevee_operator_api_request_duration_seconds",
    "eevee_operator_k8s_resource_events_total",
    "eevee_operator_k8s_active_watches",
    "eevee_operator_module_restarts_total",
    "eevee_operator_bot_module_ready",
    "eevee_operator_bot_module_replicas_wanted",
    "eevee_operator_bot_module_replicas_available",
    "eevee_operator_nats_ready",
    "eevee_operator_nats_replicas_wanted",
    "eevee_operator_nats_replicas_available",
    "eevee_operator_s3_store_ready",
    "eevee_operator_backup_last_success_timestamp_seconds",
    "eevee_operator_backup_last_failure_timestamp_seconds",
    "eevee_operator_backup_last_size_bytes",
    "eevee_operator_backup_last_duration_seconds",
    "eevee_operator_backup_drill_last_success_timestamp_seconds",
    "controller_runtime_reconcile_total",
    "controller_runtime_reconcile_errors_total",
    "controller_runtime_reconcile_time_seconds",
    "workqueue_depth",
    "leader_election_master_status",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
];

/// Has promtool judge a text, which finds what breaks the format and what breaks its customs.
pub fn check(text: &str) {
    let mut promtool = Command::new(promtool())
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let mut input = promtool.stdin.take().expect("its input");
    std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(text.as_bytes()));
        let output = promtool.wait_with_output().expect("it ends");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success() && said.is_empty(), "{said}\n{text}");
    });
}

/// The value of the series that has a name and some labels.
pub fn sample<'a>(text: &'a str, name: &str, labels: &[&str]) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (series, value) = line.rsplit_once(' ')?;
        let (found, all) = series.trim_end_matches('}').split_once('{')?;
        let all: Vec<&str> = all.split(',').collect();
        (found == name && labels.iter().all(|label| all.contains(label))).then_some(value)
    })
}

pub async fn metrics(stage: &Stage<'_>, path: &str) -> String {
    get(stage.address(), path, &[]).await.body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promtool_accepts_every_metric_and_none_is_missing() {
    let mut stage = Stage::set("metrics").await;
    stage.apply_nats("main").await;
    stage.apply_module("echo", json!({ "image": "echo:1", "ipcConfig": "main", "size": 2 })).await;
    stage.all_ready(&["echo"]).await;
    stage.settled().await;
    assert_eq!(restart(stage.address(), "echo", stage.namespace()).await.status, 200);
    let is_rolled_out = |live: Option<&Value>| {
        let live = live?;
        let revision = &live["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
        (*revision == "2" && has_rolled_out(live)).then_some(())
    };
    stage.objects.wait("deployments", &deployment("echo"), LONG, is_rolled_out).await;
    stage.ready("echo").await;
    stage.settled().await;

    for path in ["/metrics", "/api/metrics"] {
        let text = metrics(&stage, path).await;
        check(&text);
        let types: BTreeSet<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
            .collect();
        for name in NAMES {
            assert!(types.contains(name), "{name} is missing in:\n{text}");
        }
        let namespace = format!("namespace=\"{}\"", stage.namespace());
        let of_echo = [r#"name="echo""#, r#"module_name="echo""#, r#"image="echo:1""#, &namespace];
        let restart = [r#"module_name="echo""#, r#"success="true""#, &namespace];
        for (name, labels, value) in [
            ("eevee_operator_bot_module_ready", &of_echo[..], "1"),
            ("eevee_operator_bot_module_replicas_wanted", &[r#"name="echo""#, &namespace], "2"),
            ("eevee_operator_bot_module_replicas_available", &[r#"name="echo""#, &namespace], "2"),
            ("eevee_operator_nats_ready", &[r#"name="main""#, &namespace], "1"),
            ("eevee_operator_nats_replicas_available", &[r#"name="main""#, &namespace], "1"),
            ("eevee_operator_k8s_active_watches", &[], &WATCHED.len().to_string()),
            ("eevee_operator_module_restarts_total", &restart, "1"),
            ("leader_election_master_status", &[r#"name="eevee-operator""#], "1"),
            ("workqueue_depth", &[r#"name="botmodule""#], "0"),
        ] {
            let found = sample(&text, name, labels);
            assert_eq!(found, Some(value), "{name} with {labels:?} in:\n{text}");
        }
        assert!(
            text.lines()
                .all(|line| line.starts_with('#') || line.contains("app=\"eevee-operator\""))
        );
    }
    stage.stop().await;
}

/// Errors of modules by either count, and requeues.
async fn reconciliations(stage: &Stage<'_>) -> [u32; 3] {
    let text = metrics(stage, "/metrics").await;
    let of_modules = r#"controller="botmodule""#;
    let count = |name: &str, labels: &[&str]| {
        sample(&text, name, labels).map_or(0, |value| value.parse().expect("a number"))
    };
    let total = "controller_runtime_reconcile_total";
    [
        count("controller_runtime_reconcile_errors_total", &[of_modules]),
        count(total, &[of_modules, r#"result="error""#]),
        count(total, &[of_modules, r#"result="requeue""#]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_write_is_an_error_of_reconciling() {
    let mut stage = Stage::set("metrics").await;
    stage.apply_module("bad", impossible()).await;
    stage.stalled("bad").await;
    stage.settled().await;
    assert_eq!(reconciliations(&stage).await[..2], [1, 1]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_never_ends_well_is_an_error_each_time() {
    let mut stage = Stage::set("metrics").await;
    let is_deployment = |request: &Request| request.resource == "deployments" && request.is_write();
    let broken = stage.edge.rule(is_deployment, Fault::Refuse(500, "out of sorts".to_owned()));
    stage.apply_module("echo", json!({ "image": "echo:1" })).await;
    stage.stalled("echo").await;
    broken.release();
    stage.ready("echo").await;
    let [errors, failed, _] = reconciliations(&stage).await;
    assert!(errors == failed && errors > 5, "{errors} and {failed}");
    stage.stop().await;
}

/// As where a reconciler of controller-runtime asks to be called again: to have come too late is no mistake.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_is_no_error_of_reconciling() {
    let mut stage = Stage::set("metrics").await;
    let is_deployment = |request: &Request| request.is(Verb::Apply, "deployments");
    let conflict = Fault::Refuse(409, "the object has been modified".to_owned());
    let conflict = stage.edge.rule(is_deployment, conflict.times(1));
    stage.apply_module("echo", json!({ "image": "echo:1" })).await;
    stage.ready("echo").await;
    assert_eq!(conflict.hits(), 1);
    let [errors, failed, requeued] = reconciliations(&stage).await;
    assert_eq!([errors, failed], [0, 0]);
    assert!(requeued > 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_is_told_of_no_more() {
    let mut stage = Stage::set("metrics").await;
    stage.apply_module("echo", json!({ "image": "echo:1" })).await;
    stage.ready("echo").await;
    stage.settled().await;
    let of_echo = |text: &str| {
        text.lines()
            .filter(|line| line.contains("name=\"echo\""))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert!(!of_echo(&metrics(&stage, "/metrics").await).is_empty());
    stage.objects.delete("botmodules", "echo").await;
    stage.objects.wait_until_gone("deployments", "eevee-echo-module", LONG).await;
    stage.settled().await;
    let left = of_echo(&metrics(&stage, "/metrics").await);
    assert!(left.is_empty(), "{left:?}");
    stage.stop().await;
}
