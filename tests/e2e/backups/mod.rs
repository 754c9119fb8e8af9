//! Backups of modules that run, on an S3 server that runs.
//!
//! | room | what it is |
//! |---|---|
//! | `store`, `jobs`, `restores` | an S3Store and what lies in it, Jobs that are started by hand, BackupRestores |
//! | `claim`, `set`, `archive` | what lies on a claim and in an archive |
//! | `watch` | whether a restore ever met a module |
//! | `story`, `fire`, `claims`, `refused`, `drills` | the tests |

mod archive;
mod claim;
mod claims;
mod drills;
mod fire;
pub mod jobs;
mod refused;
pub mod restores;
mod set;
pub mod store;
mod story;
mod watch;

use crate::cluster::{shared_node, until};
use crate::place::{LONG, Place};
use serde_json::{Value, json};

/// A time that no test meets.
const NEVER: &str = "0 0 29 2 *";

/// Applies an object of API group eevee.bot.
#[track_caller]
pub fn apply(place: Place, kind: &str, name: &str, spec: &Value) {
    let metadata = json!({ "name": name, "namespace": place.0 });
    let object =
        json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata, "spec": spec });
    shared_node()
        .kubectl(&["apply", "--server-side", "--filename=-"], Some(&object.to_string()))
        .success();
}

/// Reason and message of a condition; empty where there is none.
#[track_caller]
fn condition(place: Place, object: &str, kind: &str) -> (String, String) {
    let path = |field: &str| format!("{{.status.conditions[?(@.type==\"{kind}\")].{field}}}");
    let both = format!("{}{{\"\\n\"}}{}", path("reason"), path("message"));
    let found = place.find(&[object], &both);
    let (reason, message) = found.split_once('\n').unwrap_or_default();
    (reason.to_owned(), message.to_owned())
}

/// Waits until a condition has a reason and all of these words in its message. Gives the message.
#[track_caller]
fn await_condition(place: Place, object: &str, kind: &str, reason: &str, words: &[&str]) -> String {
    let mut last = Default::default();
    let found = until(LONG, || {
        last = condition(place, object, kind);
        let fits = last.0 == reason && words.iter().all(|word| last.1.contains(word));
        fits.then(|| last.1.clone())
    });
    found.unwrap_or_else(|| {
        panic!("{object} {kind} is {last:?}, not {reason} with {words:?}\n{}", report(place))
    })
}

/// Waits until a module runs again.
#[track_caller]
fn await_running(place: Place, module: &str) {
    let object = format!("botmodule/{module}");
    await_condition(place, &object, "Ready", "AvailableReplicas", &[]);
}

/// What a person would look at first, when it is about backups.
fn report(place: Place) -> String {
    let kinds = "s3stores,backupschedules,backuprestores,cronjobs,jobs,pvc";
    let looks: [&[&str]; 3] = [
        &["get", kinds, "--output=wide"],
        &["get", "backuprestores,backupschedules", "--output=yaml"],
        &["logs", "--selector=eevee.bot/backup-task", "--prefix", "--tail=10"],
    ];
    let look = |args: &&[&str]| {
        let output = place.kubectl(args);
        format!("# {}\n{}{}\n", args.join(" "), output.stdout, output.stderr)
    };
    looks.iter().map(look).chain([place.report()]).collect()
}

/// Waits for a value, and reports what there is when it does not come.
#[track_caller]
fn wait<T>(place: Place, what: &str, probe: impl FnMut() -> Option<T>) -> T {
    let found = until(LONG, probe);
    found.unwrap_or_else(|| panic!("{what}: not within {LONG:?}\n{}", report(place)))
}
