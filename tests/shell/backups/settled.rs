//! What backups cost where nothing is to be done.

use super::restores::{restore, with_module};
use super::store::resource;
use crate::metrics::{check, metrics, sample};
use crate::operator::LONG;
use crate::stage::Stage;
use serde_json::{Value, json};
use std::time::Duration;

/// What the requirement is measured over.
const MINUTE: Duration = Duration::from_mins(1);

pub fn schedule(also: Value) -> Value {
    let mut spec = json!({ "schedule": "0 3 * * *", "s3Store": { "name": "main" } });
    if let (Value::Object(spec), Value::Object(also)) = (&mut spec, also) {
        spec.extend(also);
    }
    resource("BackupSchedule", "daily", spec)
}

/// Every kind of backups has done what it can.
async fn with_backups() -> Stage<'static> {
    let stage = with_module("settled").await;
    let daily = json!({ "keep": { "daily": 7 }, "drill": { "schedule": "0 5 * * 0" } });
    stage.apply_all(vec![schedule(daily)]).await;
    stage.change("echo", json!({ "backupSchedule": { "name": "daily" } })).await;
    let made = ("True", "CronJobsCreated");
    let daily = ("backupschedules", "daily");
    stage.objects.wait_for_condition(daily, "Ready", made, LONG).await;
    stage.kubectl(&["create", "job", "now", "--from=cronjob/daily-echo-backup"], None);
    let has_told =
        |live: Option<&Value>| live?.pointer("/status/modules/0/lastSuccess/time").map(drop);
    stage.objects.wait(daily.0, daily.1, LONG, has_told).await;
    stage.apply_all(vec![restore("back", "echo", json!({}))]).await;
    let done = ("True", "Succeeded");
    stage.objects.wait_for_condition(("backuprestores", "back"), "Ready", done, LONG).await;
    stage.ready("echo").await;
    stage.statuses_settled().await;
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settled_cluster_with_backups_is_not_written_for_a_minute_nor_after_a_restart() {
    let mut stage = with_backups().await;
    let run = |live: &Value| live["metadata"]["resourceVersion"].clone();
    let daily = run(&stage.objects.existing("backupschedules", "daily").await);
    stage.edge.clear();
    stage.relist().await;
    stage.edge.cut_watches(|_| true);
    stage.edge.settled(MINUTE, 2 * MINUTE).await;
    assert_eq!(stage.edge.writes().len(), 0, "{}", stage.edge.listing());
    stage.starts_without_a_write().await;
    assert_eq!(run(&stage.objects.existing("backupschedules", "daily").await), daily);
    stage.stop().await;
}

/// The run is the CronJob controller's; the operator tells of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_a_backup_costs_at_most_three_writes() {
    let mut stage = with_backups().await;
    stage.edge.clear();
    stage.kubectl(&["create", "job", "again", "--from=cronjob/daily-echo-backup"], None);
    let has_ended = |live: Option<&Value>| live?.pointer("/status/completionTime").map(drop);
    stage.objects.wait("jobs", "again", LONG, has_ended).await;
    stage.statuses_settled().await;
    let writes = stage.edge.writes();
    assert!((1..=3).contains(&writes.len()), "{}", stage.edge.listing());
    metrics_tell_of_it(&stage).await;
    stage.stop().await;
}

/// And of nothing any more once the resources are gone.
async fn metrics_tell_of_it(stage: &Stage<'_>) {
    const READY: &str = "eevee_operator_s3_store_ready";
    const SUCCESS: &str = "eevee_operator_backup_last_success_timestamp_seconds";
    let namespace = format!("namespace=\"{}\"", stage.namespace());
    let of_store = [r#"name="main""#, namespace.as_str()];
    let of_echo = [r#"schedule="daily""#, r#"name="echo""#, r#"module_name="echo""#, &namespace];
    let text = metrics(stage, "/metrics").await;
    check(&text);
    assert_eq!(sample(&text, READY, &of_store), Some("1"), "{text}");
    let told = stage.objects.existing("backupschedules", "daily").await;
    let told = told["status"]["modules"][0]["lastSuccess"]["time"].as_str().expect("a time");
    let told: jiff::Timestamp = told.parse().expect("a time");
    let told = told.as_second().to_string();
    assert_eq!(sample(&text, SUCCESS, &of_echo), Some(told.as_str()), "{text}");
    for (resource, name) in [("backupschedules", "daily"), ("s3stores", "main")] {
        stage.objects.delete(resource, name).await;
        stage.objects.wait_until_gone(resource, name, LONG).await;
    }
    stage.statuses_settled().await;
    let text = metrics(stage, "/metrics").await;
    for (series, labels) in [(READY, &of_store[..]), (SUCCESS, &of_echo)] {
        assert_eq!(sample(&text, series, labels), None, "{text}");
    }
}
