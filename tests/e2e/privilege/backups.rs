//! Backups and restores, as far as they take rights.

use crate::backups::apply;
use crate::backups::jobs::schedule;
use crate::backups::restores::Restore;
use crate::backups::store::Store;
use crate::bot::Bot;
use crate::cluster::{image, shared_node};
use crate::place::Place;
use serde_json::{Value, json};

const STORE: &str = "kept";
/// A store whose status is written without S3 being asked, which would take longer than it takes somebody to change the
/// resource again.
pub const CLOSED: &str = "closed";
pub const SCHEDULE: &str = "nightly";
pub const RESTORE: &str = "in-vain";
/// The Job that the former operator would have made for a BackupRestore `former`.
const FORMER: &str = "former-restore";

/// Takes a module through everything that makes the operator make, follow and remove what backups are made of.
pub fn go_through(place: Place, bot: &mut Bot, module: &str) {
    let store = Store::make(place, STORE);
    schedule(store, SCHEDULE, json!({}));
    bot.change(module, json!({ "backupSchedule": { "name": SCHEDULE } }));
    place.wait_for_reason(&format!("backupschedule/{SCHEDULE}"), "CronJobsCreated");
    let name = bot.module(module);
    // There is no such backup: its Job fails before it has touched anything.
    let restore = Restore::begin(store, RESTORE, &name, json!({ "backupId": "nobody" }));
    let (reason, message) = restore.await_end();
    assert_eq!(reason, "Failed");
    assert!(message.contains("nothing of the module's was touched"), "{message}");
    bot.await_ready();
    follow_a_job_of_the_former_operator(store, &name);
    bot.await_ready();
    bot.change(module, json!({ "backupSchedule": Value::Null }));
    place.wait("delete", &[&format!("cronjob/{SCHEDULE}-{name}-backup")]);
}

pub fn make_closed_store(place: Place) {
    let mut spec = Store::planned(place, CLOSED).spec();
    spec["accessKey"]["secretKeyRef"]["secret"]["name"] = "nobodys".into();
    apply(place, "S3Store", CLOSED, &spec);
    place.wait_for_reason(&format!("s3store/{CLOSED}"), "SecretNotFound");
}

/// It has no label until the operator has seen it.
fn follow_a_job_of_the_former_operator(store: Store, module: &str) {
    let place = store.place;
    let restore = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BackupRestore",
        "metadata": { "name": "former", "namespace": place.0, "annotations": { "eevee.bot/paused": "true" } },
        "spec": { "botModule": { "name": module }, "s3Store": { "name": store.name }, "image": "former:1" },
    });
    create(&restore);
    let uid = place.find(&["backuprestore/former"], "{.metadata.uid}");
    create(&job(place, &uid));
    place.kubectl(&["annotate", "backuprestore/former", "eevee.bot/paused-"]).success();
    place.wait(
        "jsonpath={.metadata.labels.app\\.kubernetes\\.io/managed-by}=eevee-operator",
        &[&format!("job/{FORMER}")],
    );
    let resume = json!({ "spec": { "suspend": false } }).to_string();
    place.kubectl(&["patch", "job", FORMER, "--type=merge", "--patch", &resume]).success();
    place.wait_for_reason("backuprestore/former", "Succeeded");
}

/// Suspended, so that it has not ended before somebody looks.
fn job(place: Place, owner: &str) -> Value {
    let owner = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BackupRestore", "name": "former", "uid": owner,
        "controller": true, "blockOwnerDeletion": true,
    });
    let container = json!({
        "name": "restore", "image": image("eevee-operator"), "args": ["--version"],
    });
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": { "name": FORMER, "namespace": place.0, "ownerReferences": [owner] },
        "spec": {
            "suspend": true,
            "template": { "spec": { "restartPolicy": "Never", "containers": [container] } },
        },
    })
}

fn create(object: &Value) {
    shared_node().kubectl(&["create", "--filename=-"], Some(&object.to_string())).success();
}
