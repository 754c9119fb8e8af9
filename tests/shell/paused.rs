//! The annotations by which a person steers the operator.

use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Request, condition, image};
use serde_json::{Value, json};

const ECHO: (&str, &str) = ("botmodules", "echo");
const PAUSED: &str = "eevee.bot/paused";

async fn with_echo() -> Stage<'static> {
    let stage = Stage::set("steered").await;
    let spec = json!({ "image": "echo:1", "moduleConfig": "a: 1" });
    stage.apply_module("echo", spec).await;
    stage.ready("echo").await;
    stage.settled().await;
    stage.edge.clear();
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_for_a_paused_module_but_that_it_is() {
    let mut stage = with_echo().await;
    stage.annotate(ECHO, PAUSED, json!("true")).await;
    stage.objects.wait_for_condition(ECHO, "Paused", ("True", "Paused"), LONG).await;
    stage.change("echo", json!({ "image": "echo:2", "moduleConfig": "a: 2" })).await;
    stage.objects.delete("deployments", &deployment("echo")).await;
    stage.objects.delete("configmaps", "eevee-echo-module-config").await;
    stage.settled().await;
    let is_status = |request: &Request| request.subresource.as_deref() == Some("status");
    let beyond = stage.edge.select(|request| request.is_write() && !is_status(request));
    assert!(beyond.is_empty(), "{beyond:?}");
    assert!(stage.edge.writes().len() <= 2, "{}", stage.edge.listing());

    stage.annotate(ECHO, PAUSED, Value::Null).await;
    let live = stage.ready("echo").await;
    assert!(condition(&live, "Paused").is_none(), "{live}");
    let live = stage.objects.existing("deployments", &deployment("echo")).await;
    assert_eq!(image(&live), "echo:2");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_nats_is_left_alone() {
    let mut stage = Stage::set("steered").await;
    stage.apply_nats("main").await;
    let main = ("ipcconfigs", "main");
    stage.nats_ready("main").await;
    stage.settled().await;
    stage.annotate(main, PAUSED, json!("true")).await;
    stage.objects.wait_for_condition(main, "Paused", ("True", "Paused"), LONG).await;
    stage.settled().await;
    stage.edge.clear();
    for (resource, name) in [("deployments", "eevee-main-nats"), ("services", "eevee-main-nats")] {
        stage.objects.delete(resource, name).await;
    }
    stage.annotate(main, "eevee.bot/rotate-token", json!("1")).await;
    stage.settled().await;
    assert!(stage.edge.writes().is_empty(), "{}", stage.edge.listing());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_to_reconcile_is_acknowledged_with_one_write() {
    let mut stage = with_echo().await;
    stage.annotate(ECHO, "eevee.bot/reconcile-requested", json!("2026-01-02")).await;
    let seen = |live: Option<&Value>| {
        (live?["status"]["lastHandledReconcileAt"] == "2026-01-02").then_some(())
    };
    stage.objects.wait(ECHO.0, ECHO.1, LONG, seen).await;
    stage.settled().await;
    assert_eq!(stage.edge.writes().len(), 1, "{}", stage.edge.listing());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_say_in_a_status_stays_theirs_while_it_is_paused_and_after() {
    let mut stage = with_echo().await;
    let theirs = json!({
        "type": "Reviewed",
        "status": "True",
        "reason": "ByHand",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    });
    let status = json!({ "conditions": [theirs], "lastHandledReconcileAt": "theirs" });
    stage.objects.apply_status(ECHO, status, "reviewer").await;
    stage.annotate(ECHO, PAUSED, json!("true")).await;
    let live = stage.objects.wait_for_condition(ECHO, "Paused", ("True", "Paused"), LONG).await;
    said_by_others_alone(&live);
    assert_eq!(condition(&live, "Ready").expect("Ready")["reason"], "AvailableReplicas");
    assert_eq!(live["status"]["image"], "echo:1");

    stage.annotate(ECHO, PAUSED, Value::Null).await;
    let gone = |live: Option<&Value>| {
        let live = live.filter(|live| condition(live, "Paused").is_none());
        live.cloned()
    };
    said_by_others_alone(&stage.objects.wait(ECHO.0, ECHO.1, LONG, gone).await);
    stage.stop().await;
}

/// What the reviewer said is there, and nobody else owns it.
#[track_caller]
fn said_by_others_alone(live: &Value) {
    assert!(condition(live, "Reviewed").is_some(), "{live}");
    assert_eq!(live["status"]["lastHandledReconcileAt"], "theirs");
    let managers = live["metadata"]["managedFields"].as_array().expect("managers");
    let owners = |pointer: &str| -> Vec<&str> {
        let owning = managers.iter().filter(|entry| entry["fieldsV1"].pointer(pointer).is_some());
        owning.filter_map(|entry| entry["manager"].as_str()).collect()
    };
    let condition = r#"/f:status/f:conditions/k:{"type":"Reviewed"}"#;
    assert_eq!(owners(condition), ["reviewer"]);
    assert_eq!(owners("/f:status/f:lastHandledReconcileAt"), ["reviewer"]);
}
