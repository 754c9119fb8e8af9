//! Every module gets its CronJobs. What keeps one from it is said, and harms no other.

use super::cron_job::{Times, cron_job};
use super::facts::ModuleFacts;
use super::rivals::Rivals;
use super::validate::ValidSchedule;
use crate::action::{Precondition, Verb};
use crate::crd::conditions::{Reason, reasons};
use crate::kinds::Kind;
use crate::names::{self, RESTORING};
use crate::object::{Object, ObjectRef};
use crate::render::backup::{Data, Found, Image, PodSettings, Run, Task};
use crate::render::bot_module::{ValidModule, awaits_bootstrap};
use crate::render::context::Context;
use crate::render::desired::{Desired, refuse_foreign};
use crate::render::ready::Ready;
use crate::render::round::Round;
use crate::render::stop::Stop;
use crate::snapshot::NotKnown;
use crate::source::Source;
use serde_json::json;
use std::sync::Arc;

/// What the CronJobs of all modules are made of.
pub struct Plan<'a> {
    pub schedule: &'a ValidSchedule,
    pub found: Found,
    pub facts: &'a [ModuleFacts],
    pub rivals: &'a Rivals,
}

/// Keeps the CronJobs of all modules. While the store cannot be used, those that are there are kept, and
/// no new ones are made.
pub fn keep_all(
    context: &Context<'_>,
    plan: &Plan<'_>,
    modules: &[Arc<Object>],
    round: &mut Round,
) -> Result<Ready, Stop> {
    let mut kept = Vec::new();
    let mut troubles = Vec::new();
    for (module, facts) in modules.iter().zip(plan.facts) {
        let name = module.reference().name.as_str();
        match keep(context, plan, module, facts, round) {
            Ok(()) => kept.push(name),
            Err(Stop::Refused { ready, .. }) => {
                hold(context, module, round)?;
                troubles.push((name, ready));
            }
            Err(stop) => return Err(stop),
        }
    }
    match &plan.found.trouble {
        Some(trouble) => Err(Stop::AsFar(trouble.clone())),
        None => Ok(ready(plan.schedule, &kept, &troubles)),
    }
}

fn ready(schedule: &ValidSchedule, kept: &[&str], troubles: &[(&str, Ready)]) -> Ready {
    let number = kept.len();
    let all = number + troubles.len();
    let suspended = if schedule.spec.suspend { ", once suspend is false" } else { "" };
    let Some((_, worst)) = troubles.first() else {
        return Ready::new(
            reasons::CRON_JOBS_CREATED,
            format!("modules that are backed up{suspended}: {}", kept.join(", ")),
        );
    };
    let each = troubles.iter().map(|(module, trouble)| {
        let path = if trouble.reason == reasons::INVALID_SPEC { "BotModule " } else { "" };
        format!("{path}{module}: {}", trouble.message)
    });
    let each = each.collect::<Vec<_>>().join("; ");
    Ready::new(worst.reason, format!("{number} of {all} modules are backed up{suspended}. {each}"))
}

fn keep(
    context: &Context<'_>,
    plan: &Plan<'_>,
    resource: &Object,
    facts: &ModuleFacts,
    round: &mut Round,
) -> Result<(), Stop> {
    let name = resource.reference().name.as_str();
    let module = ValidModule::validate(resource)?;
    let Some(claim) = &module.claim else {
        return refused(
            reasons::NO_TARGETS,
            "it has no claim, and so nothing to back up: set its spec.persistentVolumeClaim, or take spec.backupSchedule off it",
        );
    };
    let data = Data::read(context, name, &module.spec, claim)?;
    let backup = Task::Backup {
        keep: plan.schedule.spec.keep.clone().filter(|_| !plan.rivals.contains_key(name)),
        proved: facts.backups.proved.clone(),
    };
    let spec = &plan.schedule.spec;
    let zone = spec.time_zone.as_deref().filter(|zone| !zone.is_empty());
    let is_suspended =
        spec.suspend || data.is_taken() || !is_whole(context.source, resource, data.claim())?;
    let times = Times { schedule: &spec.schedule, zone, is_suspended };
    keep_one(context, plan, (backup, &plan.schedule.image), &data, &times, round)?;
    if let (Some(drill), Some(image)) = (&spec.drill, &plan.schedule.drill) {
        let times = Times { schedule: &drill.schedule, zone, is_suspended: spec.suspend };
        keep_one(context, plan, (Task::Drill, image), &data, &times, round)?;
    }
    if data.is_taken() {
        return refused(
            reasons::CLAIM_EXCLUSIVE,
            "its claim is ReadWriteOncePod, which no other pod may use while the module runs: it is backed up while spec.size is 0, or make a claim with ReadWriteOnce",
        );
    }
    Ok(())
}

fn keep_one(
    context: &Context<'_>,
    plan: &Plan<'_>,
    (task, image): (Task, &Image),
    data: &Data<'_>,
    times: &Times<'_>,
    round: &mut Round,
) -> Result<(), Stop> {
    let pod_settings = PodSettings::from(&plan.schedule.spec);
    let of = data.of(context.namespace());
    let run = Run { task, of, store: &plan.found.store, data, pod_settings: &pod_settings, image };
    let cron_job = cron_job(context, &run, times);
    let name = cron_job.metadata.name.clone().unwrap_or_default();
    let target = context.reference(Kind::CronJob, &name);
    if plan.found.trouble.is_some() && context.source.get(&target)?.is_none() {
        return Ok(());
    }
    round.keep(context, Desired::new(target, &cron_job))
}

fn refused(reason: Reason, why: &str) -> Result<(), Stop> {
    Err(Stop::refused(reason, why))
}

/// Whether the operator keeps the backups of a module from starting, whatever their schedule says.
///
/// # Errors
/// [`NotKnown`] where the claim is not known.
pub fn are_held(source: &dyn Source, module: &Object) -> Result<bool, NotKnown> {
    let ObjectRef { namespace, name, .. } = module.reference();
    let claim = names::module::claim(name);
    let claim = source.get(&ObjectRef::new(Kind::PersistentVolumeClaim, namespace, claim))?;
    if !is_whole(source, module, claim.as_deref())? {
        return Ok(true);
    }
    let Ok(ValidModule { spec, claim: Some(wanted), .. }) = ValidModule::validate(module) else {
        return Ok(false);
    };
    Ok(Data::new(name, &spec, &wanted, claim).is_taken())
}

/// Whether what lies on a claim is the data of its module. While files are on the move it is a mixture. Before a
/// bootstrap it is nothing, which would be the newest backup then, and be restored.
fn is_whole(
    source: &dyn Source,
    module: &Object,
    claim: Option<&Object>,
) -> Result<bool, NotKnown> {
    let is_stopped = module.text("/status/restoredBy").is_some_and(|name| !name.is_empty());
    let is_restored = is_stopped || claim.is_some_and(|it| it.annotation(RESTORING).is_some());
    Ok(!is_restored && !awaits_bootstrap(source, module, claim)?)
}

/// Where no CronJobs can be built: those of claims that are not whole are suspended all the same.
/// Gives back why nothing else is done.
pub fn hold_all(
    context: &Context<'_>,
    modules: &[Arc<Object>],
    round: &mut Round,
    why: Stop,
) -> Stop {
    let Stop::Refused { ready, .. } = why else { return why };
    let held = modules.iter().try_for_each(|module| hold(context, module, round));
    held.err().unwrap_or(Stop::AsFar(ready))
}

fn hold(context: &Context<'_>, module: &Object, round: &mut Round) -> Result<(), Stop> {
    let name = module.reference().name.as_str();
    let claim = context.get(Kind::PersistentVolumeClaim, &names::module::claim(name))?;
    if is_whole(context.source, module, claim.as_deref())? {
        return Ok(());
    }
    let Some(live) = context.get(Kind::CronJob, &names::backup::backup(context.name(), name))?
    else {
        return Ok(());
    };
    let is_wanted = round.actions.iter().any(|action| action.target == *live.reference());
    let is_suspended = live.at("/spec/suspend").is_some_and(|suspend| *suspend == true);
    if is_wanted || is_suspended || refuse_foreign(context, &live).is_err() {
        return Ok(());
    }
    let patch = json!({ "spec": { "suspend": true } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(&live) };
    round.ask(context, live.reference().clone(), verb)
}
