//! Backups: fresh, and drilled.

use super::facts::{Facts, ago, list, text};
use super::finding::Finding;
use crate::crd::conditions::types;
use crate::kinds::{Index, Kind};
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::render::{are_backups_held, live_condition};
use crate::snapshot::ClusterSnapshot;
use crate::source::Source;
use jiff::Timestamp;
use serde_json::Value;

const SUBJECT: &str = "backups";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let Ok(bot) = &facts.bot else { return Vec::new() };
    let here = |kind| {
        move |object: &&Object| {
            object.reference().kind == kind && object.reference().namespace == facts.namespace
        }
    };
    let objects = || bot.objects().map(|object| &**object);
    let schedules = objects().filter(here(Kind::BackupSchedule));
    let mut findings: Vec<Finding> =
        schedules.flat_map(|schedule| of_schedule(facts, bot, schedule)).collect();
    let bare: Vec<&str> = objects()
        .filter(here(Kind::BotModule))
        .filter(|module| is_kept_without_backup(module))
        .map(|module| module.reference().name.as_str())
        .collect();
    if !bare.is_empty() {
        let reason = format!(
            "BotModule {} keeps data in a claim, and no BackupSchedule backs it up",
            super::facts::names(&bare)
        );
        let command = "kubectl explain botmodule.spec.backupSchedule";
        findings.push(Finding::warn(SUBJECT, reason).mend(command));
    }
    findings
}

fn is_kept_without_backup(module: &Object) -> bool {
    let has = |path| module.at(path).is_some_and(|value| !value.is_null());
    has("/spec/persistentVolumeClaim") && !has("/spec/backupSchedule")
}

fn of_schedule(facts: &Facts, bot: &ClusterSnapshot, schedule: &Object) -> Vec<Finding> {
    let modules: Vec<&Value> = list(schedule.value(), "/status/modules").collect();
    let troubles = [unhealthy(schedule), suspended(bot, schedule), undrilled(schedule, &modules)];
    let mut findings: Vec<Finding> = troubles.into_iter().flatten().collect();
    if findings.is_empty() && !modules.is_empty() {
        let oldest = modules.iter().filter_map(|module| last(module)).min();
        let oldest = oldest.map(|time| ago(time, facts.time())).unwrap_or_default();
        let reason = format!(
            "each module has one that is new enough, and a drill has proved one; the oldest was made {oldest}"
        );
        findings.push(Finding::pass(subject(schedule), reason));
    }
    findings
}

fn subject(schedule: &Object) -> String {
    let at = schedule.reference();
    format!("{SUBJECT} of {}/{}", at.namespace, at.name)
}

fn patch(kind: Kind, name: &str, namespace: &str, patch: &str) -> String {
    let resource = kind.singular();
    format!(
        "kubectl patch {resource} {name} --type=merge --patch '{patch}' --namespace {namespace}"
    )
}

fn unhealthy(schedule: &Object) -> Option<Finding> {
    let health = live_condition(schedule, types::BACKUPS_HEALTHY)?;
    let reason = format!("{}: {}", text(health, "/reason"), text(health, "/message"));
    let finding = match text(health, "/status") {
        "True" => return None,
        "False" => Finding::fail(subject(schedule), reason),
        _ => Finding::warn(subject(schedule), reason),
    };
    let namespace = &schedule.reference().namespace;
    Some(finding.mend(format!("eevee-operator backups --namespace {namespace}")))
}

/// What is suspended is not missed, so that nothing else tells of it.
fn suspended(bot: &ClusterSnapshot, schedule: &Object) -> Option<Finding> {
    let ObjectRef { kind, namespace, name } = schedule.reference();
    let go_on = |kind, name: &str| patch(kind, name, namespace, r#"{"spec":{"suspend":false}}"#);
    if is_suspended(schedule) {
        let reason = "it is suspended: no further backup is made";
        return Some(Finding::warn(subject(schedule), reason).mend(go_on(*kind, name)));
    }
    let cron_jobs = suspended_by_hand(bot, schedule);
    let first = cron_jobs.first()?;
    let reason = format!(
        "CronJob {} is suspended, although the schedule is not: it starts nothing",
        super::facts::names(&cron_jobs)
    );
    Some(Finding::warn(subject(schedule), reason).mend(go_on(Kind::CronJob, first)))
}

fn is_suspended(object: &Object) -> bool {
    object.at("/spec/suspend").and_then(Value::as_bool) == Some(true)
}

/// Names of the CronJobs that somebody else than the operator has suspended.
fn suspended_by_hand(bot: &ClusterSnapshot, schedule: &Object) -> Vec<String> {
    let ObjectRef { namespace, name, .. } = schedule.reference();
    let modules = bot.referrers(Index::BACKED_UP_BY, namespace, name).unwrap_or_default();
    let cron_jobs = modules.iter().flat_map(|module| {
        let of = &module.reference().name;
        let is_held = are_backups_held(bot, module).unwrap_or(true);
        let backup = (!is_held).then(|| names::backup::backup(name, of));
        backup.into_iter().chain([names::backup::drill(name, of)])
    });
    let is_there = |cron_job: &String| {
        let at = ObjectRef::new(Kind::CronJob, namespace, cron_job);
        bot.get(&at).ok().flatten().is_some_and(|live| is_suspended(live))
    };
    cron_jobs.filter(is_there).collect()
}

fn undrilled(schedule: &Object, modules: &[&Value]) -> Option<Finding> {
    let undrilled: Vec<&str> =
        modules.iter().filter(|it| !is_drilled(it)).map(|module| text(module, "/name")).collect();
    if undrilled.is_empty() {
        return None;
    }
    let ObjectRef { kind, namespace, name } = schedule.reference();
    let reason = format!("no drill has proved one of {}", super::facts::names(&undrilled));
    let drill = r#"{"spec":{"drill":{"schedule":"@weekly"}}}"#;
    let command = patch(*kind, name, namespace, drill);
    Some(Finding::warn(subject(schedule), reason).mend(command))
}

fn last(module: &Value) -> Option<Timestamp> {
    text(module, "/lastSuccess/time").parse().ok()
}

fn is_drilled(module: &Value) -> bool {
    !text(module, "/proved").is_empty() || text(module, "/lastDrill/result") == "Succeeded"
}
