//! A backup is believed when it was restored once.

use super::jobs::{self, begin_drill, schedule};
use super::store::Store;
use super::{NEVER, archive, await_condition, wait};
use crate::bot::Bot;
use crate::place::Place;
use serde_json::json;

const NAME: &str = "drilled";

/// When the last drill succeeded; 0 where it failed.
const METRIC: &str = "eevee_operator_backup_drill_last_success_timestamp_seconds";

/// What the operator gives of a module.
fn sample(place: Place, module: &str) -> Option<f64> {
    let service = "services/eevee-eevee-operator-service:http";
    let path = format!("/api/v1/namespaces/{}/{service}/proxy/metrics", place.0);
    let metrics = place.kubectl(&["get", "--raw", &path]).success();
    let label = format!("name=\"{module}\"");
    let mut lines = metrics.lines().filter(|line| line.starts_with(METRIC));
    let line = lines.find(|line| line.contains(&label))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// Waits until the last drill of a module was a success, or a failure, by the metric.
#[track_caller]
fn await_metric(place: Place, module: &str, is_good: bool) {
    wait(place, METRIC, || sample(place, module).filter(|time| (*time > 0.0) == is_good));
}

#[test]
fn a_damaged_backup_is_found_by_its_drill_and_the_next_good_one_clears_it() {
    let place = Place::shared();
    let store = Store::make(place, NAME);
    schedule(store, NAME, json!({ "drill": { "schedule": NEVER } }));
    let kept = json!({ "persistentVolumeClaim": {}, "backupSchedule": { "name": NAME } });
    let bot = Bot::install(place, NAME, &[("alice", kept)]);
    let alice = bot.module("alice");
    let healthy = |reason: &str, words: &[&str]| {
        await_condition(place, "backupschedule/drilled", "BackupsHealthy", reason, words)
    };
    healthy("NoBackupYet", &[]);

    let id = jobs::back_up(place, NAME, &alice).id.expect("an id");
    let said = begin_drill(place, NAME, &alice).await_success();
    assert_eq!((said.id.as_ref(), said.databases), (Some(&id), 1));
    healthy("UpToDate", &[]);
    await_metric(place, &alice, true);

    // Only SQLite can tell.
    archive::damage_database(&store.archive(&alice, &id), "diary.sqlite");
    let why = begin_drill(place, NAME, &alice).await_failure();
    assert!(why.contains("\"diary.sqlite\" is damaged"), "{why}");
    healthy("DrillFailed", &[&alice, "\"diary.sqlite\" is damaged"]);
    await_metric(place, &alice, false);

    let next = jobs::back_up(place, NAME, &alice).id.expect("an id");
    begin_drill(place, NAME, &alice).await_success();
    healthy("UpToDate", &[]);
    await_metric(place, &alice, true);

    // No entry is as it was written.
    archive::flip_a_byte(&store.archive(&alice, &next));
    begin_drill(place, NAME, &alice).await_failure();
    healthy("DrillFailed", &[&alice]);
    bot.remove();
}
