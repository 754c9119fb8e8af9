//! Backups: fresh, and drilled.

use super::facts::{Facts, ago, list, text};
use super::finding::Finding;
use crate::crd::conditions::types;
use crate::kinds::Kind;
use crate::object::Object;
use crate::render::live_condition;
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
        schedules.flat_map(|schedule| of_schedule(facts, schedule)).collect();
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

fn of_schedule(facts: &Facts, schedule: &Object) -> Vec<Finding> {
    let at = schedule.reference();
    let subject = format!("{SUBJECT} of {}/{}", at.namespace, at.name);
    let command = format!("eevee-operator backups --namespace {}", at.namespace);
    let health = live_condition(schedule, types::BACKUPS_HEALTHY);
    let mut findings = Vec::new();
    if let Some(health) = health.filter(|health| text(health, "/status") != "True") {
        let reason = format!("{}: {}", text(health, "/reason"), text(health, "/message"));
        findings.push(match text(health, "/status") {
            "False" => Finding::fail(subject.as_str(), reason).mend(command.as_str()),
            _ => Finding::warn(subject.as_str(), reason).mend(command.as_str()),
        });
    }
    let modules: Vec<&Value> = list(schedule.value(), "/status/modules").collect();
    let undrilled: Vec<&str> =
        modules.iter().filter(|it| !is_drilled(it)).map(|module| text(module, "/name")).collect();
    if !undrilled.is_empty() {
        let reason = format!("no drill has proved one of {}", super::facts::names(&undrilled));
        let patch = r#"{"spec":{"drill":{"schedule":"@weekly"}}}"#;
        findings.push(Finding::warn(subject.as_str(), reason).mend(format!(
            "kubectl patch backupschedule {} --type=merge --patch '{patch}' --namespace {}",
            at.name, at.namespace
        )));
    }
    if findings.is_empty() && !modules.is_empty() {
        let oldest = modules.iter().filter_map(|module| last(module)).min();
        let oldest = oldest.map(|time| ago(time, facts.time())).unwrap_or_default();
        let reason = format!(
            "each module has one that is new enough, and a drill has proved one; the oldest was made {oldest}"
        );
        findings.push(Finding::pass(subject, reason));
    }
    findings
}

fn last(module: &Value) -> Option<Timestamp> {
    text(module, "/lastSuccess/time").parse().ok()
}

fn is_drilled(module: &Value) -> bool {
    !text(module, "/proved").is_empty() || text(module, "/lastDrill/result") == "Succeeded"
}
