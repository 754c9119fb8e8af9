//! Condition BackupsHealthy: whether every module has a backup that is new enough.

use super::facts::{FAILED, ModuleFacts};
use super::rivals::Rivals;
use super::validate::ValidSchedule;
use crate::crd::conditions::{Reason, reasons, types};
use crate::crd::{BackupFailure, DrillResult, ModuleBackups};
use crate::names;
use crate::render::context::Context;
use crate::render::event::clipped;
use crate::render::ready::Condition;
use crate::render::round::Round;
use crate::render::status;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// How long a run may take beyond its time.
const AN_HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What is said first where there is more than one thing to say.
const WORST_FIRST: [Reason; 4] =
    [reasons::BACKUP_FAILED, reasons::BACKUP_MISSED, reasons::DRILL_FAILED, reasons::NO_BACKUP_YET];

/// Says how the backups are, and looks again when one becomes due.
pub fn say(
    context: &Context<'_>,
    schedule: &ValidSchedule,
    facts: &[ModuleFacts],
    rivals: &Rivals,
    round: &mut Round,
) {
    if facts.is_empty() {
        return;
    }
    let mut said: Vec<(Reason, String)> = Vec::new();
    for facts in facts {
        said.extend(of_backups(context, schedule, facts, round));
        said.extend(facts.backups.last_drill.as_ref().and_then(|drill| of_drill(facts, drill)));
    }
    let worst = WORST_FIRST.into_iter().find(|reason| said.iter().any(|(it, _)| it == reason));
    let reason = worst.unwrap_or(reasons::UP_TO_DATE);
    said.sort_by_key(|(reason, _)| WORST_FIRST.iter().position(|it| it == reason));
    let mut message = match worst {
        Some(_) => said.into_iter().map(|(_, why)| why).collect::<Vec<_>>().join("; "),
        None => "every module has a backup that is new enough".to_owned(),
    };
    message += &remark(rivals);
    let message = clipped(message);
    round.say(context, Condition { kind: types::BACKUPS_HEALTHY, reason, message });
}

fn of_backups(
    context: &Context<'_>,
    schedule: &ValidSchedule,
    facts: &ModuleFacts,
    round: &mut Round,
) -> Option<(Reason, String)> {
    let ModuleBackups { name, last_failure, .. } = &facts.backups;
    if let Some(BackupFailure { time: Some(time), message }) = last_failure
        && facts.succeeded.is_none_or(|success| success < time.0)
    {
        let why = format!("{name}: the backup of {} failed: {message}", text(time));
        return Some((reasons::BACKUP_FAILED, why));
    }
    if let Some(due) = overdue(schedule, facts) {
        if due <= context.source.now() {
            let last = match facts.succeeded {
                Some(last) => format!("the last is of {}", status::time(last)),
                None => "there is none yet".to_owned(),
            };
            let why = format!(
                "{name}: a backup was due by {}, and {last}: kubectl describe cronjob {} shows what keeps it",
                status::time(due),
                names::backup::backup(context.name(), name)
            );
            return Some((reasons::BACKUP_MISSED, why));
        }
        round.look_again(due);
    }
    facts.succeeded.is_none().then(|| (reasons::NO_BACKUP_YET, format!("{name} has no backup yet")))
}

/// When a backup of a module is missed. None while its backups are suspended.
pub fn overdue(schedule: &ValidSchedule, facts: &ModuleFacts) -> Option<Timestamp> {
    let is_suspended = schedule.spec.suspend || facts.is_suspended;
    if is_suspended { None } else { due(schedule, facts) }
}

/// When a backup is missed: an hour after the second time of the schedule since the last one, or since
/// there are any.
fn due(schedule: &ValidSchedule, facts: &ModuleFacts) -> Option<Timestamp> {
    let since = facts.made.max(facts.succeeded)?;
    let next = |after| schedule.cron.after(after, &schedule.zone);
    next(next(since)?)?.checked_add(AN_HOUR).ok()
}

fn of_drill(facts: &ModuleFacts, drill: &DrillResult) -> Option<(Reason, String)> {
    let DrillResult { time, id, result, message } = drill;
    if result != FAILED {
        return None;
    }
    let name = &facts.backups.name;
    let time = time.as_ref().map(text).unwrap_or_default();
    let of_backup = id.as_ref().map(|id| format!(", of backup {id},")).unwrap_or_default();
    let why = message.as_deref().unwrap_or("it does not say why");
    Some((reasons::DRILL_FAILED, format!("{name}: the drill of {time}{of_backup} failed: {why}")))
}

fn remark(rivals: &Rivals) -> String {
    let each = rivals.iter().map(|(module, others)| {
        format!(
            "; keep does not run for {module}, which has one moduleName with {}: their backups stand under one prefix",
            others.join(", ")
        )
    });
    each.collect()
}

fn text(Time(time): &Time) -> String {
    status::time(*time)
}
