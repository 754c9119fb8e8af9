//! Backups and restores.

use super::Case;
use crate::cluster::{change, insert};
use eevee_operator::check::Facts;
use eevee_operator::kinds::Kind;
use serde_json::{Value, json};

pub const BACKUPS: &[Case] = &[
    ("a module with data and without backups", |facts| {
        change(facts, Kind::BotModule, "echo", |it| it["spec"]["backupSchedule"] = Value::Null);
    }),
    ("a backup was missed", |facts| {
        healthy(facts, "False", "BackupMissed", "echo: a backup was due");
    }),
    ("no backup yet", |facts| healthy(facts, "Unknown", "NoBackupYet", "echo has no backup yet")),
    ("a schedule backs nothing up", |facts| {
        change(facts, Kind::BackupSchedule, "nightly", |schedule| {
            let condition = &mut schedule["status"]["conditions"][0];
            condition["status"] = "False".into();
            condition["reason"] = "NoTargets".into();
        });
    }),
    ("a schedule is suspended", |facts| {
        change(facts, Kind::BackupSchedule, "nightly", |it| it["spec"]["suspend"] = true.into());
    }),
    ("a CronJob is suspended by hand", |facts| suspended(facts, "nightly-echo-backup")),
    ("a CronJob of drills is suspended by hand", |facts| suspended(facts, "nightly-echo-drill")),
    ("a CronJob is suspended for a restore", |facts| {
        suspended(facts, "nightly-echo-backup");
        change(facts, Kind::BotModule, "echo", |it| it["status"]["restoredBy"] = "monday".into());
        restore(facts, "monday", "Unknown", "Waiting");
    }),
    ("a CronJob is suspended while its claim is not to be shared", |facts| {
        suspended(facts, "nightly-echo-backup");
        change(facts, Kind::PersistentVolumeClaim, "eevee-echo-module-pvc", |claim| {
            claim["spec"]["accessModes"] = json!(["ReadWriteOncePod"]);
        });
        change(facts, Kind::BackupSchedule, "nightly", |schedule| {
            let condition = &mut schedule["status"]["conditions"][0];
            condition["status"] = "False".into();
            condition["reason"] = "ClaimExclusive".into();
        });
    }),
    ("a restore failed", |facts| restore(facts, "monday", "False", "Failed")),
    ("a restore failed, and a later one succeeded", |facts| {
        restore(facts, "monday", "False", "Failed");
        restore(facts, "tuesday", "True", "Succeeded");
    }),
    ("a restore failed after one that succeeded", |facts| {
        restore(facts, "monday", "True", "Succeeded");
        restore(facts, "tuesday", "False", "Failed");
    }),
    ("a restore succeeded, and its module is gone", |facts| {
        restore(facts, "monday", "True", "Succeeded");
        change(facts, Kind::BackupRestore, "monday", |it| {
            it["spec"] = json!({ "botModule": { "name": "gone" }, "s3Store": { "name": "gone" } });
        });
    }),
    ("a restore waits, and its store is gone", |facts| {
        restore(facts, "monday", "Unknown", "Waiting");
        change(facts, Kind::BackupRestore, "monday", |it| {
            it["spec"]["s3Store"]["name"] = "gone".into();
        });
    }),
    ("no backup was drilled", |facts| {
        change(facts, Kind::BackupSchedule, "nightly", |it| {
            it["status"]["modules"] = json!([{ "name": "echo" }]);
        });
    }),
];

/// A CronJob that starts nothing.
fn suspended(facts: &mut Facts, name: &str) {
    insert(
        facts,
        json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": name },
            "spec": { "suspend": true },
        }),
    );
}

/// A restore of the module, made on the day of its name.
fn restore(facts: &mut Facts, name: &str, status: &str, reason: &str) {
    let day = if name == "monday" { 1 } else { 2 };
    insert(
        facts,
        json!({
            "apiVersion": "eevee.bot/v1", "kind": "BackupRestore",
            "metadata": { "name": name, "creationTimestamp": format!("2025-12-0{day}T00:00:00Z") },
            "spec": { "botModule": { "name": "echo" }, "s3Store": { "name": "kept" } },
            "status": { "conditions": [
                { "type": "Ready", "status": status, "reason": reason, "message": "words of it" },
            ] },
        }),
    );
}

fn healthy(facts: &mut Facts, status: &str, reason: &str, message: &str) {
    change(facts, Kind::BackupSchedule, "nightly", |schedule| {
        let condition = &mut schedule["status"]["conditions"][1];
        condition["status"] = status.into();
        condition["reason"] = reason.into();
        condition["message"] = message.into();
    });
}
