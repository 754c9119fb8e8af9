//! Jobs that a person starts, from CronJobs that the operator made.

use super::store::Store;
use super::{NEVER, apply, report, wait};
use crate::cluster::shared_node;
use crate::place::Place;
use eevee_operator::backup::Said;
use eevee_operator::names::backup;
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Makes a BackupSchedule that starts nothing by itself.
#[track_caller]
pub fn schedule(store: Store, name: &str, more: Value) {
    let mut spec = json!({ "schedule": NEVER, "s3Store": { "name": store.name } });
    merge(&mut spec, more);
    apply(store.place, "BackupSchedule", name, &spec);
}

fn merge(spec: &mut Value, more: Value) {
    if let (Value::Object(spec), Value::Object(more)) = (spec, more) {
        spec.extend::<Map<_, _>>(more);
    }
}

fn next_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("by-hand-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A Job of a CronJob.
pub struct Job {
    place: Place,
    name: String,
}

/// Starts a backup of a module.
#[track_caller]
pub fn begin_backup(place: Place, schedule: &str, module: &str) -> Job {
    Job::begin(place, &backup::backup(schedule, module))
}

/// The same on whatever node: it waits for no pod of the module, beside which it would run.
#[track_caller]
pub fn begin_backup_anywhere(place: Place, schedule: &str, module: &str) -> Job {
    let name = next_name();
    let from = format!("--from=cronjob/{}", backup::backup(schedule, module));
    let print = ["create", "job", &name, &from, "--dry-run=client", "--output=json"];
    let mut job: Value =
        serde_json::from_str(&place.kubectl(&print).success()).expect("kubectl prints JSON");
    job["spec"]["template"]["spec"]["affinity"] = Value::Null;
    shared_node()
        .kubectl(&["create", "--namespace", place.0, "--filename=-"], Some(&job.to_string()))
        .success();
    Job { place, name }
}

/// Starts a drill of a module's newest backup.
#[track_caller]
pub fn begin_drill(place: Place, schedule: &str, module: &str) -> Job {
    Job::begin(place, &backup::drill(schedule, module))
}

/// Backs a module up. Gives what the pod said.
#[track_caller]
pub fn back_up(place: Place, schedule: &str, module: &str) -> Said {
    begin_backup(place, schedule, module).await_success()
}

impl Job {
    #[track_caller]
    fn begin(place: Place, cron_job: &str) -> Job {
        let name = next_name();
        let from = format!("--from=cronjob/{cron_job}");
        wait(place, &format!("CronJob {cron_job}"), || {
            place.kubectl(&["create", "job", &name, &from]).status.success().then_some(())
        });
        Job { place, name }
    }

    /// Waits for its end. Gives whether it succeeded.
    #[track_caller]
    fn await_end(&self) -> bool {
        let job = format!("job/{}", self.name);
        wait(self.place, &format!("the end of {job}"), || {
            let types =
                self.place.find(&[&job], "{.status.conditions[?(@.status==\"True\")].type}");
            types.split(' ').find_map(|word| match word {
                "Complete" => Some(true),
                "Failed" => Some(false),
                _ => None,
            })
        })
    }

    #[track_caller]
    pub fn await_success(self) -> Said {
        let succeeded = self.await_end();
        let said = self.said();
        assert!(succeeded, "{}: {said:?}\n{}", self.name, report(self.place));
        said.expect("the pod says what came of it")
    }

    /// Waits for its failure. Gives why.
    #[track_caller]
    pub fn await_failure(self) -> String {
        let succeeded = self.await_end();
        let said = self.said();
        assert!(!succeeded, "{} succeeded: {said:?}", self.name);
        said.and_then(|said| said.error).expect("the pod says why")
    }

    /// Waits for the failure of one that has no pod.
    #[track_caller]
    pub fn await_failure_without_a_word(self) {
        let succeeded = self.await_end();
        assert!(!succeeded && self.said().is_none(), "{} had a pod", self.name);
    }

    /// What its last pod said.
    fn said(&self) -> Option<Said> {
        let selector = format!("--selector=batch.kubernetes.io/job-name={}", self.name);
        let path = "{range .items[*]}{.status.containerStatuses[0].state.terminated.message}{\"\\n\"}{end}";
        let messages = self.place.find(&["pods", &selector], path);
        messages.lines().rev().find_map(Said::read)
    }
}
