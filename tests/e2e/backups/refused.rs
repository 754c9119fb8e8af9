//! A cluster that refuses the pods or the Jobs.

use super::jobs::{self, back_up, begin_backup};
use super::restores::{Restore, restore};
use super::store::Store;
use super::{await_condition, await_running, wait};
use crate::bot::Bot;
use crate::place::Place;
use eevee_operator::names::backup;
use serde_json::{Value, json};

/// A Job that gets no pod fails then.
const SOON: i64 = 5;

fn installed(place: Place, name: &'static str) -> (Store, Bot, String) {
    let store = Store::make(place, name);
    jobs::schedule(store, name, json!({}));
    let kept = json!({ "persistentVolumeClaim": {}, "backupSchedule": { "name": name } });
    let bot = Bot::install(place, name, &[("alice", kept)]);
    let alice = bot.module("alice");
    (store, bot, alice)
}

/// Starts a backup that gets no pod, and waits for its end.
fn be_refused(store: Store, name: &str, module: &str) {
    let place = store.place;
    jobs::schedule(store, name, json!({ "activeDeadlineSeconds": SOON }));
    let cron_job = format!("cronjob/{}", backup::backup(name, module));
    place.wait(
        &format!("jsonpath={{.spec.jobTemplate.spec.activeDeadlineSeconds}}={SOON}"),
        &[&cron_job],
    );
    begin_backup(place, name, module).await_failure_without_a_word();
}

/// The Pod Security Standard `restricted`, until it is dropped. Pods that run are left alone.
struct Restricted(Place);

impl Restricted {
    fn enforce(place: Place) -> Restricted {
        Self::label(place, "pod-security.kubernetes.io/enforce=restricted");
        Restricted(place)
    }

    fn label(place: Place, label: &str) {
        let namespace = format!("namespace/{}", place.0);
        place.kubectl(&["label", &namespace, label, "--overwrite"]).success();
    }
}

impl Drop for Restricted {
    fn drop(&mut self) {
        Self::label(self.0, "pod-security.kubernetes.io/enforce-");
    }
}

/// A quota of nothing, until it is dropped.
struct Quota(Place);

impl Quota {
    fn enforce(place: Place, of: &str) -> Quota {
        place.kubectl(&["create", "quota", "nothing", &format!("--hard={of}=0")]).success();
        let quota = Quota(place);
        wait(place, "the quota is counted", || {
            let hard = place.find(&["quota/nothing"], "{.status.hard}");
            (!hard.is_empty()).then_some(())
        });
        quota
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        self.0.kubectl(&["delete", "quota/nothing", "--ignore-not-found"]).success();
    }
}

/// A user that the standard admits, and whose files they are.
fn of_module() -> Value {
    json!({ "podSecurityContext": { "runAsNonRoot": true, "runAsUser": 65532 } })
}

fn soon(mut spec: Value) -> Value {
    spec["activeDeadlineSeconds"] = SOON.into();
    spec
}

#[test]
fn what_a_restricted_namespace_refuses_names_the_field_that_mends_it() {
    let place = Place::shared();
    let (store, bot, alice) = installed(place, "strict");
    let restricted = Restricted::enforce(place);

    be_refused(store, "strict", &alice);
    let words = [&alice, "podSecurityContext.runAsNonRoot"];
    await_condition(place, "backupschedule/strict", "BackupsHealthy", "BackupFailed", &words);
    jobs::schedule(store, "strict", of_module());
    wait(place, "the CronJob has it", || {
        let path = "{.spec.jobTemplate.spec.template.spec.securityContext.runAsNonRoot}";
        let cron_job = "cronjob/strict-strict-alice-backup";
        (place.find(&[cron_job], path) == "true").then_some(())
    });
    back_up(place, "strict", &alice);
    await_condition(place, "backupschedule/strict", "BackupsHealthy", "UpToDate", &[]);

    let refused = Restore::begin(store, "strict-1", &alice, soon(json!({})));
    let (reason, message) = refused.await_end();
    assert_eq!(reason, "Failed", "{message}");
    assert!(message.contains("podSecurityContext.runAsNonRoot"), "{message}");
    restore(store, "strict-2", &alice, of_module());

    drop(restricted);
    await_running(place, &alice);
    bot.remove();
}

#[test]
fn what_a_quota_refuses_is_told_and_goes_on_when_there_is_room() {
    let place = Place::shared();
    let (store, bot, alice) = installed(place, "tight");
    back_up(place, "tight", &alice);

    let quota = Quota::enforce(place, "pods");
    be_refused(store, "tight", &alice);
    let words = [&alice, "ResourceQuota"];
    await_condition(place, "backupschedule/tight", "BackupsHealthy", "BackupFailed", &words);
    drop(quota);

    let quota = Quota::enforce(place, "count/jobs.batch");
    let late = Restore::begin(store, "tight-1", &alice, json!({}));
    await_condition(place, &late.object(), "Ready", "ApplyFailed", &["exceeded quota"]);
    drop(quota);
    // Another request is sent at once; the same one only every few minutes.
    let patch = r#"{"spec":{"activeDeadlineSeconds":1800}}"#;
    place.kubectl(&["patch", &late.object(), "--type=merge", "--patch", patch]).success();
    wait(place, "the restore goes on", || (late.ready().0 == "Succeeded").then_some(()));
    await_running(place, &alice);
    bot.remove();
}
