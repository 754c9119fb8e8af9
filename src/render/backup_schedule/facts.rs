//! What came of the backups and drills of each module: what the status knows, and what Jobs add to it.

use super::validate::ValidSchedule;
use crate::backup::Said;
use crate::crd::{BackupFailure, BackupScheduleStatus, BackupSuccess, DrillResult, ModuleBackups};
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::render::backup::{JobEnd, Told, told};
use crate::render::context::Context;
use crate::render::round::Round;
use crate::render::stop::Stop;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde::Deserialize;
use std::sync::Arc;

pub const SUCCEEDED: &str = "Succeeded";
pub const FAILED: &str = "Failed";

/// What is known of one module.
pub struct ModuleFacts {
    pub backups: ModuleBackups,
    /// When the CronJob of its backups was made.
    pub made: Option<Timestamp>,
    /// When a Job of it last succeeded, as Kubernetes knows: of those of the former operator, too.
    pub succeeded: Option<Timestamp>,
    /// Whether that CronJob starts no Jobs.
    pub is_suspended: bool,
}

/// What is known of each module, in their order.
pub fn gather(
    context: &Context<'_>,
    schedule: &ValidSchedule,
    modules: &[Arc<Object>],
) -> Result<Vec<ModuleFacts>, Stop> {
    let known = context.resource.at("/status").map(BackupScheduleStatus::deserialize);
    let mut known = known.and_then(Result::ok).unwrap_or_default().modules;
    modules
        .iter()
        .map(|module| {
            let name = module.reference().name.as_str();
            let of_module = known.iter_mut().find(|known| known.name == name);
            let before = of_module.map(std::mem::take).unwrap_or_default();
            of_module_now(context, schedule, name, before)
        })
        .collect()
}

fn of_module_now(
    context: &Context<'_>,
    schedule: &ValidSchedule,
    module: &str,
    before: ModuleBackups,
) -> Result<ModuleFacts, Stop> {
    let mut backups = ModuleBackups { name: module.to_owned(), ..before };
    let cron_job = context.get(Kind::CronJob, &names::backup::backup(context.name(), module))?;
    for run in runs(context, cron_job.as_deref())? {
        note_backup(&mut backups, &run);
    }
    if schedule.drill.is_some() {
        let drill = context.get(Kind::CronJob, &names::backup::drill(context.name(), module))?;
        for run in runs(context, drill.as_deref())? {
            note_drill(&mut backups, &run);
        }
    } else {
        backups.last_drill = None;
    }
    let time = |path| cron_job.as_deref()?.text(path)?.parse().ok();
    let of_kubernetes: Option<Timestamp> = time("/status/lastSuccessfulTime");
    let of_jobs = backups.last_success.as_ref().and_then(|success| success.time.as_ref());
    let suspend = cron_job.as_deref().and_then(|it| it.at("/spec/suspend")?.as_bool());
    Ok(ModuleFacts {
        made: time("/metadata/creationTimestamp"),
        succeeded: of_kubernetes.max(of_jobs.map(|Time(time)| *time)),
        backups,
        is_suspended: suspend == Some(true),
    })
}

/// A Job that has ended.
struct Ended {
    time: Timestamp,
    told: Told,
}

/// The Jobs of a CronJob that have ended, the oldest first.
fn runs(context: &Context<'_>, cron_job: Option<&Object>) -> Result<Vec<Ended>, Stop> {
    let Some(uid) = cron_job.and_then(Object::uid) else { return Ok(Vec::new()) };
    let mut runs = Vec::new();
    for job in context.source.owned_by(uid, Kind::Job)? {
        let told = told(context, &job)?;
        let time = told.time.as_deref().and_then(|time| time.parse().ok());
        runs.extend(time.map(|time| Ended { time, told }));
    }
    runs.sort_by_key(|run| run.time);
    Ok(runs)
}

fn note_backup(backups: &mut ModuleBackups, Ended { time, told }: &Ended) {
    match &told.end {
        Some(JobEnd::Succeeded) => {
            let known = backups.last_success.as_ref();
            let success = success(*time, told.last());
            let is_news = is_news(*time, known.and_then(|known| known.time.as_ref()));
            let knows_more =
                known.is_none_or(|known| known.time != success.time) || success.id.is_some();
            if is_news && knows_more {
                backups.last_success = Some(success);
            }
        }
        Some(JobEnd::Failed(message)) => {
            let known = backups.last_failure.as_ref();
            if is_news(*time, known.and_then(|known| known.time.as_ref())) {
                let message = message.clone();
                backups.last_failure = Some(BackupFailure { time: Some(Time(*time)), message });
            }
        }
        None => {}
    }
}

fn note_drill(backups: &mut ModuleBackups, Ended { time, told }: &Ended) {
    let (result, message) = match &told.end {
        Some(JobEnd::Succeeded) => (SUCCEEDED, None),
        Some(JobEnd::Failed(message)) => (FAILED, Some(message.clone())),
        None => return,
    };
    let known = backups.last_drill.as_ref();
    if !is_news(*time, known.and_then(|known| known.time.as_ref())) {
        return;
    }
    let id = told.last().and_then(|said| said.id.clone());
    let is_the_same = known.is_some_and(|known| known.time == Some(Time(*time)));
    let id = id.or_else(|| known.filter(|_| is_the_same)?.id.clone());
    if result == SUCCEEDED && id.is_some() {
        backups.proved.clone_from(&id);
    }
    let result = result.to_owned();
    backups.last_drill = Some(DrillResult { time: Some(Time(*time)), id, result, message });
}

/// Whether a run is the last that is known of, or a later one. The status counts seconds.
fn is_news(time: Timestamp, known: Option<&Time>) -> bool {
    known.is_none_or(|Time(known)| known.as_second() <= time.as_second())
}

fn success(time: Timestamp, said: Option<&Said>) -> BackupSuccess {
    let time = Some(Time(time));
    let Some(said) = said else { return BackupSuccess { time, ..BackupSuccess::default() } };
    let number = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
    let more = (said.more_warnings > 0).then(|| format!("and {} more", said.more_warnings));
    BackupSuccess {
        time,
        id: said.id.clone(),
        bytes: number(said.bytes),
        files: number(said.files),
        databases: number(said.databases),
        seconds: number(said.seconds),
        sha256: said.sha256.clone(),
        warnings: said.warnings.iter().cloned().chain(more).collect(),
    }
}

/// Puts what is known into the status.
pub fn say(facts: &[ModuleFacts], round: &mut Round) {
    let last = facts.iter().filter_map(|facts| facts.backups.last_success.as_ref()?.time.clone());
    if let Some(last) = last.max() {
        round.fields.insert("lastSuccessTime".to_owned(), json(&last));
    }
    let modules: Vec<_> = facts.iter().map(|facts| json(&facts.backups)).collect();
    if !modules.is_empty() {
        round.fields.insert("modules".to_owned(), modules.into());
    }
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    // Texts, numbers and times under names: serializing them cannot fail.
    serde_json::to_value(value).unwrap_or_default()
}
