//! The series of BackupSchedules: what came of the backups of each of their modules.

use super::families::Families;
use super::gauges::{ByName, Gauge, Shared, Tell};
use super::series::Series;
use crate::object::{Object, ObjectRef};
use crate::render::Vitals;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

const LABELS: [&str; 4] = ["namespace", "schedule", "name", "module_name"];

/// What is read of an entry of `status.modules`, where it stands there, and of when the next good backup is overdue.
type Shows = fn(&Value, Option<i64>) -> Option<i64>;

/// Each gauge by name and help, and what it shows.
const GAUGES: [(&str, &str, Shows); 6] = [
    (
        "eevee_operator_backup_last_success_timestamp_seconds",
        "When a module was last backed up, in seconds since 1970.",
        |entry, _| seconds(entry.pointer("/lastSuccess/time")?),
    ),
    (
        "eevee_operator_backup_last_failure_timestamp_seconds",
        "When a backup of a module last failed, in seconds since 1970.",
        |entry, _| seconds(entry.pointer("/lastFailure/time")?),
    ),
    (
        "eevee_operator_backup_last_size_bytes",
        "Size of the archive of the last backup of a module.",
        |entry, _| entry.pointer("/lastSuccess/bytes")?.as_i64(),
    ),
    (
        "eevee_operator_backup_last_duration_seconds",
        "How long the last backup of a module took.",
        |entry, _| entry.pointer("/lastSuccess/seconds")?.as_i64(),
    ),
    (
        "eevee_operator_backup_drill_last_success_timestamp_seconds",
        "When the last drill of a module succeeded, in seconds since 1970; 0 if it failed.",
        |entry, _| drilled(entry),
    ),
    (
        "eevee_operator_backup_overdue_timestamp_seconds",
        "When the next good backup of a module is overdue, in seconds since 1970.",
        |_, overdue| overdue,
    ),
];

pub struct BackupMetrics(Shared<Known>);

/// The modules of each schedule, by name: a status may speak of one twice, and Prometheus takes a series once.
type Known = ByName<BTreeMap<Box<str>, Backup>>;

/// What came of the backups of a module.
struct Backup {
    module_name: Box<str>,
    /// One for each gauge.
    values: [Option<i64>; GAUGES.len()],
}

impl BackupMetrics {
    pub fn new(families: &mut Families) -> Self {
        Self(families.gauges((0..GAUGES.len()).map(gauge)))
    }
}

fn gauge(index: usize) -> Gauge<Known> {
    let (name, help, _) = GAUGES[index];
    let read = move |known: &Known, tell: &mut Tell<'_>| {
        for (ObjectRef { namespace, name: schedule, .. }, backups) in known {
            for (name, Backup { module_name, values }) in backups {
                if let Some(value) = values[index] {
                    tell(&[namespace, schedule, name, module_name], value);
                }
            }
        }
    };
    Gauge { name, help, labels: &LABELS, read: Box::new(read) }
}

impl Series for BackupMetrics {
    fn tell(&self, vitals: &Vitals) {
        let backups = vitals.modules.iter().filter_map(|module| backup(vitals, module)).collect();
        self.0.lock().insert(vitals.resource.reference().clone(), backups);
    }

    fn forget(&self, resource: &ObjectRef) {
        self.0.lock().remove(resource);
    }

    fn reset(&self) {
        self.0.lock().clear();
    }
}

/// What the status of a schedule tells of a module, if it does.
fn backup(vitals: &Vitals, module: &Object) -> Option<(Box<str>, Backup)> {
    let name = module.reference().name.as_str();
    let entries = vitals.resource.at("/status/modules")?.as_array()?;
    let entry = entries.iter().find(|entry| entry["name"] == name)?;
    let overdue = vitals.overdue.get(name).map(|time| time.as_second());
    let values = GAUGES.map(|(_, _, shows)| shows(entry, overdue));
    Some((name.into(), Backup { module_name: module.module_name().into(), values }))
}

fn seconds(time: &Value) -> Option<i64> {
    time.as_str()?.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

fn drilled(entry: &Value) -> Option<i64> {
    let drill = entry.get("lastDrill")?;
    if drill["result"] == "Succeeded" { seconds(drill.get("time")?) } else { Some(0) }
}
