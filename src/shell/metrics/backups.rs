//! The series of BackupSchedules: what came of the backups of each of their modules.

use super::families::Families;
use super::series::Series;
use crate::object::ObjectRef;
use crate::render::Vitals;
use jiff::Timestamp;
use prometheus::IntGaugeVec;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

const LABELS: [&str; 4] = ["namespace", "schedule", "name", "module_name"];

/// What is read of an entry of `status.modules`, where it stands there.
type Reading = fn(&Value) -> Option<i64>;

/// Each gauge by name and help, and what it shows.
const GAUGES: [(&str, &str, Reading); 5] = [
    (
        "eevee_operator_backup_last_success_timestamp_seconds",
        "When a module was last backed up, in seconds since 1970.",
        |entry| seconds(entry.pointer("/lastSuccess/time")?),
    ),
    (
        "eevee_operator_backup_last_failure_timestamp_seconds",
        "When a backup of a module last failed, in seconds since 1970.",
        |entry| seconds(entry.pointer("/lastFailure/time")?),
    ),
    (
        "eevee_operator_backup_last_size_bytes",
        "Size of the archive of the last backup of a module.",
        |entry| entry.pointer("/lastSuccess/bytes")?.as_i64(),
    ),
    (
        "eevee_operator_backup_last_duration_seconds",
        "How long the last backup of a module took.",
        |entry| entry.pointer("/lastSuccess/seconds")?.as_i64(),
    ),
    (
        "eevee_operator_backup_drill_last_success_timestamp_seconds",
        "When the last drill of a module succeeded, in seconds since 1970; 0 if it failed.",
        drilled,
    ),
];

pub struct Backups {
    gauges: Vec<(IntGaugeVec, Reading)>,
    overdue: IntGaugeVec,
    known: Mutex<Known>,
}

/// The labels of the modules of a schedule, by its namespace and name.
type Known = BTreeMap<(String, String), Vec<[String; 2]>>;

impl Backups {
    pub fn new(families: &mut Families) -> Self {
        let mut gauge = |(name, help, reading)| (families.gauge(name, help, &LABELS), reading);
        let gauges = GAUGES.into_iter().map(&mut gauge).collect();
        let overdue = families.gauge(
            "eevee_operator_backup_overdue_timestamp_seconds",
            "When the next good backup of a module is overdue, in seconds since 1970.",
            &LABELS,
        );
        Self { gauges, overdue, known: Mutex::default() }
    }

    fn set(&self, labels: &[&str; 4], entry: &Value, overdue: Option<i64>) {
        for (gauge, reading) in &self.gauges {
            set_one(gauge, labels, reading(entry));
        }
        set_one(&self.overdue, labels, overdue);
    }

    fn remove(&self, labels: &[&str; 4]) {
        self.set(labels, &Value::Null, None);
    }

    /// Series are made and removed only while this is held, or one could outlive its module.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Series for Backups {
    fn tell(&self, vitals: &Vitals) {
        let ObjectRef { namespace, name: schedule, .. } = vitals.resource.reference();
        let mut known = self.lock();
        let entries: Vec<([String; 2], &Value)> = vitals
            .modules
            .iter()
            .filter_map(|module| {
                let name = module.reference().name.clone();
                let entries = vitals.resource.at("/status/modules")?.as_array()?;
                let entry = entries.iter().find(|entry| entry["name"] == name.as_str())?;
                Some(([name, module.module_name().to_owned()], entry))
            })
            .collect();
        let now = entries.iter().map(|(labels, _)| labels.clone()).collect();
        let before = known.insert((namespace.clone(), schedule.clone()), now).unwrap_or_default();
        let is_gone = |labels: &&[String; 2]| entries.iter().all(|(now, _)| now != *labels);
        for [name, module_name] in before.iter().filter(is_gone) {
            self.remove(&[namespace, schedule, name, module_name]);
        }
        for ([name, module_name], entry) in &entries {
            let overdue = vitals.overdue.get(name).map(|time| time.as_second());
            self.set(&[namespace, schedule, name, module_name], entry, overdue);
        }
    }

    fn forget(&self, ObjectRef { namespace, name: schedule, .. }: &ObjectRef) {
        let mut known = self.lock();
        let before = known.remove(&(namespace.clone(), schedule.clone())).unwrap_or_default();
        for [name, module_name] in &before {
            self.remove(&[namespace, schedule, name, module_name]);
        }
    }

    fn reset(&self) {
        let mut known = self.lock();
        known.clear();
        self.gauges.iter().for_each(|(gauge, _)| gauge.reset());
        self.overdue.reset();
    }
}

fn set_one(gauge: &IntGaugeVec, labels: &[&str; 4], value: Option<i64>) {
    match value {
        Some(value) => gauge.with_label_values(labels).set(value),
        // An error is that there was no such series.
        None => drop(gauge.remove_label_values(labels)),
    }
}

fn seconds(time: &Value) -> Option<i64> {
    time.as_str()?.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

fn drilled(entry: &Value) -> Option<i64> {
    let drill = entry.get("lastDrill")?;
    if drill["result"] == "Succeeded" { seconds(drill.get("time")?) } else { Some(0) }
}
