//! BotModule: validate → resolve references → build → judge.

mod bootstrap;
mod build;
mod claim;
mod environment;
mod references;
mod restoring;
mod standstill;
mod validate;

pub use bootstrap::is_awaited as awaits_bootstrap;
pub use validate::ValidModule;

use super::context::Context;
use super::desired::{Desired, refuse_foreign, refuse_foreign_among};
use super::prune;
use super::ready::{Condition, Ready};
use super::report;
use super::resource::Renderer;
use super::rollout::{self, Rollout};
use super::round::Round;
use super::status;
use super::stop::Stop;
use crate::crd::conditions::{reasons, types};
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use restoring::Standstill;
use serde_json::{Map, Value};
use standstill::RESTORED_BY;

/// How a BotModule is rendered.
pub static RENDERER: Renderer = Renderer {
    counts: counts_alone,
    workload: Some(names::module::deployment),
    ..Renderer::new(Kind::BotModule, plan)
};

/// The names of what this module becomes.
fn desired_objects(name: &str, module: &ValidModule) -> impl Iterator<Item = (Kind, String)> {
    let claim = module.claim.is_some().then(|| names::module::claim(name));
    let config = module.spec.module_config.is_some().then(|| names::module::config_map(name));
    [
        (Kind::PersistentVolumeClaim, claim),
        (Kind::ConfigMap, config),
        (Kind::Deployment, Some(names::module::deployment(name))),
    ]
    .into_iter()
    .filter_map(|(kind, name)| Some((kind, name?)))
}

fn plan(context: &Context<'_>, round: &mut Round) -> Result<Ready, Stop> {
    let module = ValidModule::validate(context.resource)?;
    refuse_foreign_among(context, desired_objects(context.name(), &module))?;
    if let Some(standstill) = restoring::standstill(context, &module, round)? {
        stand_still(context, &module, standstill, round)
    } else if module.spec.enabled {
        enabled(context, &module, round)
    } else {
        disabled(context, &module, round)
    }
}

fn enabled(context: &Context<'_>, module: &ValidModule, round: &mut Round) -> Result<Ready, Stop> {
    let live = context.live_workload()?;
    let live = live.as_deref();
    let references = match references::resolve(context, module) {
        Err(Stop::Refused { ready, .. }) if standstill::is_over(context) => {
            return Err(standstill::leave(context, module, live, ready, round)?);
        }
        references => references?,
    };
    keep_claim_and_config(context, module, round)?;
    round.fields = fields(context, module, live);
    bootstrap::fill(context, module, live, round)?;
    let is_exclusive = claim::is_exclusive(context, module)?;
    let deployment = build::deployment(context, module, &references, is_exclusive);
    let change = round.want(context, Desired::new(deployment_of(context), &deployment))?;
    let changing = change.as_ref().is_some_and(|change| change.replaces_pods(live));
    let progress = rollout::judge(context, live, i64::from(module.spec.size), changing)?;
    rollout::remember(context, Some(&progress), &mut round.fields);
    if changing && live.is_some_and(has_pods) && claim::is_leaving(context, module)? {
        let ready = ready_to_wait();
        judge_config(context, module, &ready, round);
        return Err(Stop::AsFar(ready));
    }
    round.extend(context, change);
    remove_unused_config(context, module, round)?;
    let ready = ready(&progress, live, module.spec.size);
    judge_config(context, module, &ready, round);
    Ok(ready)
}

fn deployment_of(context: &Context<'_>) -> ObjectRef {
    context.reference(Kind::Deployment, &names::module::deployment(context.name()))
}

fn has_pods(deployment: &Object) -> bool {
    deployment.number("/status/replicas").unwrap_or(0) > 0
}

/// The data of a claim is worth more than a change.
fn ready_to_wait() -> Ready {
    let message = "a change waits: it would replace the pods, and the claim that is being deleted goes, with its data, when the last of them does. See condition ClaimReady";
    Ready::new(reasons::UPDATING, message)
}

/// What is kept of a module that stands still. Of its Deployment nothing but the replicas is changed, so
/// that it stops whatever else is wrong; what else is wanted comes when it runs again.
fn stand_still(
    context: &Context<'_>,
    module: &ValidModule,
    standstill: Standstill,
    round: &mut Round,
) -> Result<Ready, Stop> {
    let live = context.live_workload()?;
    let live = live.as_deref();
    keep_claim_and_config(context, module, round)?;
    if let Some(live) = live.filter(|live| !live.is_being_deleted()) {
        if module.spec.enabled {
            standstill::scale(context, live, 0, round)?;
        } else {
            round.delete(context, live.reference().clone(), prune::deletion(live))?;
        }
    }
    round.fields = fields(context, module, live);
    round.fields.insert(RESTORED_BY.to_owned(), standstill.by.into());
    Err(Stop::AsFar(standstill.ready))
}

fn disabled(context: &Context<'_>, module: &ValidModule, round: &mut Round) -> Result<Ready, Stop> {
    let live = context.live_workload()?;
    keep_claim_and_config(context, module, round)?;
    let mut ready = Ready::new(reasons::DISABLED, "the module is disabled");
    if let Some(live) = live {
        if live.is_being_deleted() || live.has_finalizers() {
            ready = Ready::new(reasons::UPDATING, "waiting for the Deployment to go");
        }
        if !live.is_being_deleted() {
            round.delete(context, live.reference().clone(), prune::deletion(&live))?;
        }
    }
    remove_unused_config(context, module, round)?;
    round.fields = fields(context, module, None);
    rollout::remember(context, None, &mut round.fields);
    judge_config(context, module, &ready, round);
    Ok(ready)
}

/// What is kept whether the module is enabled or not.
fn keep_claim_and_config(
    context: &Context<'_>,
    module: &ValidModule,
    round: &mut Round,
) -> Result<(), Stop> {
    if let Some(wanted) = &module.claim {
        claim::keep(context, wanted, round)?;
    }
    if let Some(config) = &module.spec.module_config {
        let target = context.reference(Kind::ConfigMap, &names::module::config_map(context.name()));
        round.keep(context, Desired::new(target, &build::config_map(context, config)))?;
    }
    Ok(())
}

/// Checks the configuration, where anything is to be said of it. A parse costs more than all the rest of rendering:
/// while a first status waits, a configuration that is applied was checked when it was.
fn judge_config(context: &Context<'_>, module: &ValidModule, ready: &Ready, round: &mut Round) {
    let Some(config) = &module.spec.module_config else {
        return;
    };
    let is_applied = round.actions.iter().all(|action| action.target.kind != Kind::ConfigMap);
    if !(is_applied && report::may_wait(context, ready)) {
        round.say(context, config_valid(context, config));
    }
}

/// The ConfigMap of a module that has no configuration any more. The Deployment drops the volume
/// before.
fn remove_unused_config(
    context: &Context<'_>,
    module: &ValidModule,
    round: &mut Round,
) -> Result<(), Stop> {
    if module.spec.module_config.is_some() {
        return Ok(());
    }
    round.remove(context, Kind::ConfigMap, &names::module::config_map(context.name()))
}

/// Whether a strict reader takes the configuration. Checked once per generation: a parse costs more than all the
/// rest of rendering.
fn config_valid(context: &Context<'_>, config: &str) -> Condition {
    let kind = types::CONFIG_VALID;
    let judged = status::live_condition(context.resource, kind).filter(|live| {
        let generation = context.resource.generation();
        generation.is_some() && live["observedGeneration"].as_i64() == generation
    });
    let verdict = match judged {
        Some(live) if live["status"] == "True" => Ok(()),
        Some(live) => Err(live["message"].as_str().unwrap_or_default().to_owned()),
        None => crate::yaml::check(config).map_err(|error| {
            let (line, column) = (error.line, error.column);
            format!("moduleConfig is not YAML: line {line}, column {column}: {}", error.message)
        }),
    };
    match verdict {
        Ok(()) => {
            let message = "moduleConfig parses as YAML".to_owned();
            Condition { kind, reason: reasons::VALID_YAML, message }
        }
        Err(message) => Condition { kind, reason: reasons::INVALID_YAML, message },
    }
}

fn ready(progress: &Rollout, live: Option<&Object>, size: i32) -> Ready {
    match progress {
        Rollout::Creating => {
            Ready::new(reasons::CREATING, "waiting for the first pods to become available")
        }
        Rollout::Updating => Ready::new(reasons::UPDATING, "rolling out the current revision"),
        Rollout::Stuck(trouble) => Ready::new(reasons::UNAVAILABLE_REPLICAS, trouble.as_str()),
        Rollout::Paused(how_to_go_on) => {
            Ready::new(reasons::DEPLOYMENT_PAUSED, how_to_go_on.as_str())
        }
        Rollout::Available => {
            let remark = rollout::remark(live);
            let message = format!("{size} of {size} replicas available{remark}");
            Ready::new(reasons::AVAILABLE_REPLICAS, message)
        }
    }
}

fn fields(
    context: &Context<'_>,
    module: &ValidModule,
    live: Option<&Object>,
) -> Map<String, Value> {
    let mut fields = counts(context, live);
    fields.insert("image".to_owned(), module.spec.image.as_str().into());
    fields.insert(RESTORED_BY.to_owned(), Value::Null);
    fields
}

/// What the scale subresource reads.
fn counts(context: &Context<'_>, live: Option<&Object>) -> Map<String, Value> {
    let count = |field| live.and_then(|live| live.number(field)).unwrap_or(0);
    [
        ("replicas", count("/status/replicas").into()),
        ("readyReplicas", count("/status/readyReplicas").into()),
        ("selector", format!("{}={}", names::MODULE_LABEL, context.name()).into()),
    ]
    .into_iter()
    .map(|(field, value)| (field.to_owned(), value))
    .collect()
}

/// The pods of a module that is left running go on being counted where nothing else is done for it:
/// `kubectl scale` and autoscalers read the numbers.
fn counts_alone(context: &Context<'_>) -> Map<String, Value> {
    let Ok(live) = context.live_workload() else { return Map::new() };
    let ours = live.as_deref().filter(|live| refuse_foreign(context, live).is_ok());
    counts(context, ours)
}
