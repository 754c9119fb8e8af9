//! BackupSchedule: validate → what came of the runs → CronJobs of every module that names it.

mod cron;
mod cron_job;
mod facts;
mod health;
mod rivals;
mod targets;
mod validate;

use super::context::Context;
use super::prune;
use super::ready::Ready;
use super::resource::Renderer;
use super::round::Round;
use super::stop::Stop;
use crate::crd::conditions::reasons;
use crate::kinds::{Index, Kind};
use crate::names;
use crate::object::Object;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use targets::Plan;
pub use targets::are_held;
use validate::ValidSchedule;

/// How a BackupSchedule is rendered.
pub static RENDERER: Renderer =
    Renderer { overdue: Some(overdue), ..Renderer::new(Kind::BackupSchedule, plan) };

fn plan(context: &Context<'_>, round: &mut Round) -> Result<Ready, Stop> {
    let modules = modules(context)?;
    let schedule = match ValidSchedule::read(context) {
        Ok(schedule) => schedule,
        Err(stop) => return Err(targets::hold_all(context, &modules, round, stop)),
    };
    let facts = facts::gather(context, &schedule, &modules)?;
    let rivals = rivals::of(context, &schedule, &modules)?;
    facts::say(&facts, round);
    health::say(context, &schedule, &facts, &rivals, round);
    prune_others(context, &schedule, &modules, round)?;
    if modules.is_empty() {
        return Err(Stop::AsFar(no_targets(context)));
    }
    match schedule.store(context) {
        Ok(found) => {
            let plan = Plan { schedule: &schedule, found, facts: &facts, rivals: &rivals };
            targets::keep_all(context, &plan, &modules, round)
        }
        Err(stop) => Err(targets::hold_all(context, &modules, round, stop)),
    }
}

/// When the next good backup of each module is overdue. Not of those whose backups are suspended.
fn overdue(context: &Context<'_>) -> BTreeMap<String, Timestamp> {
    let Ok(schedule) = ValidSchedule::read(context) else { return BTreeMap::new() };
    let facts = modules(context).and_then(|modules| facts::gather(context, &schedule, &modules));
    let each = facts.unwrap_or_default().into_iter();
    each.filter_map(|facts| {
        let overdue = health::overdue(&schedule, &facts)?;
        Some((facts.backups.name, overdue))
    })
    .collect()
}

/// The modules that name the schedule.
fn modules(context: &Context<'_>) -> Result<Vec<Arc<Object>>, Stop> {
    Ok(context.source.referrers(Index::BACKED_UP_BY, context.namespace(), context.name())?)
}

fn no_targets(context: &Context<'_>) -> Ready {
    let message = format!(
        "no BotModule of namespace {} names this schedule: set spec.backupSchedule.name of those that are to be backed up",
        context.namespace()
    );
    Ready::new(reasons::NO_TARGETS, message)
}

/// Deletes the CronJobs of modules that are gone or name the schedule no more, and those of drills that
/// are not wanted any more. That a store is not ready is no reason.
fn prune_others(
    context: &Context<'_>,
    schedule: &ValidSchedule,
    modules: &[Arc<Object>],
    round: &mut Round,
) -> Result<(), Stop> {
    let Some(uid) = context.resource.uid() else { return Ok(()) };
    let names = modules.iter().map(|module| module.reference().name.as_str());
    let wanted: BTreeSet<String> = names
        .flat_map(|module| {
            let drill =
                schedule.drill.as_ref().map(|_| names::backup::drill(context.name(), module));
            [Some(names::backup::backup(context.name(), module)), drill]
        })
        .flatten()
        .collect();
    for cron_job in context.source.owned_by(uid, Kind::CronJob)? {
        let at = cron_job.reference();
        if !wanted.contains(&at.name) && !cron_job.is_being_deleted() {
            round.delete(context, at.clone(), prune::deletion(&cron_job))?;
        }
    }
    Ok(())
}
