//! S3Stores, BackupSchedules and BackupRestores, and what schedules say of modules.

use super::judge::{self, text};
use super::node::{Backup, LastDrill, Restore, Schedule, Store};
use super::{Level, level};
use crate::crd::conditions::{reasons, types};
use crate::object::Object;
use crate::render::live_condition;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// The S3Stores.
pub fn stores(objects: &[Arc<Object>]) -> Vec<Store> {
    let store = |object: &Arc<Object>| Store {
        resource: judge::resource(object),
        bucket: text(object.at("/spec/bucket")),
    };
    let mut stores: Vec<Store> = objects.iter().map(store).collect();
    level::worst_first(&mut stores, |store| (store.resource.level, &store.resource.name));
    stores
}

/// The BackupSchedules.
pub fn schedules(objects: &[Arc<Object>]) -> Vec<Schedule> {
    let schedule = |object: &Arc<Object>| Schedule {
        resource: judge::resource(object),
        schedule: text(object.at("/spec/schedule")),
        suspended: object.at("/spec/suspend") == Some(&Value::Bool(true)),
        s3_store: text(object.at("/spec/s3Store/name")),
        last_success: text(object.at("/status/lastSuccessTime")),
        modules: entries(object).count(),
    };
    let mut schedules: Vec<Schedule> = objects.iter().map(schedule).collect();
    level::worst_first(&mut schedules, |one| (one.resource.level, &one.resource.name));
    schedules
}

/// The BackupRestores. One that failed is forgiven once a later one of the same module has succeeded.
pub fn restores(objects: &[Arc<Object>]) -> Vec<Restore> {
    let successes = Successes::of(objects.iter().map(|object| &**object));
    let restore = |object: &Arc<Object>| {
        let mut resource = judge::resource(object);
        if resource.level == Level::Warning && successes.make_up_for(object) {
            (resource.level, resource.advice) = (Level::Ok, None);
            resource.problems.clear();
        }
        let module = module_of(object);
        let backup = text(object.at("/status/backupId")).or(text(object.at("/spec/backupId")));
        Restore { resource, module, backup, completed: text(object.at("/status/completedAt")) }
    };
    let mut restores: Vec<Restore> = objects.iter().map(restore).collect();
    level::worst_first(&mut restores, |one| (one.resource.level, &one.resource.name));
    restores
}

/// When the last BackupRestore of each module that has succeeded was made.
pub struct Successes(HashMap<String, String>);

impl Successes {
    /// Those among some resources.
    pub fn of<'a>(resources: impl Iterator<Item = &'a Object>) -> Self {
        let mut last: HashMap<String, String> = HashMap::new();
        for restore in resources.filter(|resource| has_succeeded(resource)) {
            if let (Some(module), Some(made)) = (module_of(restore), made(restore)) {
                let newest = last.entry(module).or_default();
                *newest = made.max(std::mem::take(newest));
            }
        }
        Self(last)
    }

    /// Whether a later restore of the same module has succeeded.
    pub fn make_up_for(&self, restore: &Object) -> bool {
        let later = module_of(restore).and_then(|module| self.0.get(&module));
        later > made(restore).as_ref()
    }
}

fn module_of(restore: &Object) -> Option<String> {
    text(restore.at("/spec/botModule/name"))
}

fn made(object: &Object) -> Option<String> {
    text(object.at("/metadata/creationTimestamp"))
}

fn has_succeeded(restore: &Object) -> bool {
    live_condition(restore, types::READY)
        .is_some_and(|ready| ready["reason"] == reasons::SUCCEEDED.word)
}

/// What schedules say of the backups of modules, by schedule and module.
pub struct Backups<'a>(HashMap<(&'a str, &'a str), &'a Value>);

impl<'a> Backups<'a> {
    pub fn of(schedules: &'a [Arc<Object>]) -> Self {
        let entries_of = |schedule: &'a Arc<Object>| {
            let name = schedule.reference().name.as_str();
            entries(schedule)
                .filter_map(move |entry| Some(((name, entry["name"].as_str()?), entry)))
        };
        Self(schedules.iter().flat_map(entries_of).collect())
    }

    /// Those of one module. None where it names no schedule.
    pub fn of_module(&self, module: &Object) -> Option<Backup> {
        let schedule = module.text("/spec/backupSchedule/name")?;
        let mut backup = Backup { schedule: schedule.to_owned(), ..Backup::default() };
        let Some(entry) = self.0.get(&(schedule, module.reference().name.as_str())) else {
            return Some(backup);
        };
        let at = |path| text(entry.pointer(path));
        backup.last_success = at("/lastSuccess/time");
        backup.last_failure = at("/lastFailure/time");
        backup.failure = at("/lastFailure/message");
        backup.drill =
            at("/lastDrill/result").map(|result| LastDrill { time: at("/lastDrill/time"), result });
        Some(backup)
    }
}

fn entries(schedule: &Object) -> impl Iterator<Item = &Value> {
    schedule.at("/status/modules").and_then(Value::as_array).into_iter().flatten()
}
