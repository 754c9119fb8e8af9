//! BotModule: validate → resolve references → build → judge.

mod build;
mod claim;
mod environment;
mod references;
mod validate;

pub use validate::Module;

use super::context::Context;
use super::resource::Way;
use super::rollout::{self, Progress};
use super::status::{self, Condition, Ready, Report, Truth};
use super::wish::{Halt, Wish, ask, refuse_foreign, refuse_foreign_among, replaces_pods};
use super::{event, meta, prune, takeover};
use crate::action::{ApplyAction, Event, Severity, Verb};
use crate::crd::conditions::{events, reasons, types};
use crate::object::{Kind, Object};
use serde_json::{Map, Value};

/// How a BotModule is rendered.
pub const WAY: Way = Way { kind: Kind::BotModule, plan, blocked };

/// The names of what a module may become.
pub fn own_objects(name: &str) -> [(Kind, String); 3] {
    [
        (Kind::PersistentVolumeClaim, meta::module::claim(name)),
        (Kind::ConfigMap, meta::module::config_map(name)),
        (Kind::Deployment, meta::module::deployment(name)),
    ]
}

/// The names of what this module becomes.
fn wanted_objects(name: &str, module: &Module) -> impl Iterator<Item = (Kind, String)> {
    let wanted = (module.claim.is_some(), module.spec.module_config.is_some());
    own_objects(name).into_iter().filter(move |(kind, _)| match kind {
        Kind::PersistentVolumeClaim => wanted.0,
        Kind::ConfigMap => wanted.1,
        _ => true,
    })
}

fn plan(context: &Context<'_>) -> Result<Vec<ApplyAction>, Halt> {
    let module = Module::validate(context.resource)
        .map_err(|message| Halt::Blocked(Ready::no(reasons::INVALID_SPEC, message)))?;
    refuse_foreign_among(context, wanted_objects(context.name(), &module))?;
    if module.spec.enabled { enabled(context, &module) } else { disabled(context, &module) }
}

fn enabled(context: &Context<'_>, module: &Module) -> Result<Vec<ApplyAction>, Halt> {
    let live = live_deployment(context)?;
    let references = references::resolve(context, module)?;
    let kept = kept_up(context, module)?;
    let mut actions = kept.actions;
    let wish = Wish::new(
        context.reference(Kind::Deployment, &meta::module::deployment(context.name())),
        &build::deployment(context, module, &references, claim::is_exclusive(context, module)?),
    );
    let change = wish.fulfil(context)?;
    let changing = change.as_ref().is_some_and(|change| replaces_pods(change, live));
    let waits = changing && live.is_some_and(has_pods) && claim::is_leaving(context, module)?;
    let change = change.filter(|_| !waits);
    let news = change.as_ref().and_then(|change| news(context, live, change));
    actions.extend(change);
    if !waits {
        actions.extend(unused_config_map(context, module)?);
    }
    let progress =
        rollout::judge(context, live, i64::from(module.spec.size), changing).map_err(Halt::from)?;
    let mut fields = fields(context, module, live);
    rollout::remember(context, Some(&progress), &mut fields);
    let report = Report {
        ready: if waits { ready_to_wait() } else { ready(&progress, live, module.spec.size) },
        others: kept.conditions,
        kept: Vec::new(),
        fields,
        news: kept.news.into_iter().chain(news).collect(),
    };
    actions.extend(report.actions(context));
    Ok(actions)
}

fn has_pods(deployment: &Object) -> bool {
    deployment.number("/status/replicas").unwrap_or(0) > 0
}

/// The data of a claim is worth more than a change.
fn ready_to_wait() -> Ready {
    let message = "a change waits: it would replace the pods, and the claim that is being deleted goes, with its data, when the last of them does. See condition ClaimReady";
    Ready::not_yet(reasons::UPDATING, message)
}

fn disabled(context: &Context<'_>, module: &Module) -> Result<Vec<ApplyAction>, Halt> {
    let live = live_deployment(context)?;
    let kept = kept_up(context, module)?;
    let mut actions = kept.actions;
    let mut news: Vec<Event> = kept.news;
    let mut ready = Ready::yes(reasons::DISABLED, "the module is disabled");
    if let Some(live) = live {
        if live.is_being_deleted() || live.has_finalizers() {
            ready = Ready::not_yet(reasons::UPDATING, "waiting for the Deployment to go");
        }
        if !live.is_being_deleted() {
            let deletion = context.action(live.reference().clone(), prune::deletion(live));
            actions.extend(ask(context, deletion)?);
            news.push(told(context, events::DELETED, format!("deleted {}", live.reference())));
        }
    }
    actions.extend(unused_config_map(context, module)?);
    let mut fields = fields(context, module, None);
    rollout::remember(context, None, &mut fields);
    let report = Report { ready, others: kept.conditions, kept: Vec::new(), fields, news };
    actions.extend(report.actions(context));
    Ok(actions)
}

/// What is kept up whether the module is enabled or not.
struct KeptUp {
    actions: Vec<ApplyAction>,
    conditions: Vec<Condition>,
    news: Vec<Event>,
}

fn kept_up(context: &Context<'_>, module: &Module) -> Result<KeptUp, Halt> {
    let mut kept = KeptUp { actions: Vec::new(), conditions: Vec::new(), news: Vec::new() };
    if let Some(wanted) = &module.claim {
        let claim = claim::keep(context, wanted)?;
        kept.actions.extend(claim.action);
        kept.conditions.push(claim.condition);
        kept.news.extend(claim.news);
    }
    if let Some(config) = &module.spec.module_config {
        let target = context.reference(Kind::ConfigMap, &meta::module::config_map(context.name()));
        let wish = Wish::new(target, &build::config_map(context, config));
        kept.actions.extend(wish.fulfil(context)?);
        kept.conditions.push(config_valid(context, config));
    }
    Ok(kept)
}

/// The ConfigMap of a module that has no configuration any more. The Deployment drops the volume
/// before.
fn unused_config_map(context: &Context<'_>, module: &Module) -> Result<Option<ApplyAction>, Halt> {
    if module.spec.module_config.is_some() {
        return Ok(None);
    }
    let name = meta::module::config_map(context.name());
    let Some(deletion) = prune::owned(context, Kind::ConfigMap, name.clone())? else {
        return Ok(None);
    };
    ask(context, context.action(context.reference(Kind::ConfigMap, &name), deletion))
}

/// Whether a strict reader takes the configuration. Judged once per generation: a parse costs more than all the
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
        Ok(()) => Condition {
            kind,
            truth: Truth::True,
            reason: reasons::VALID_YAML,
            message: "moduleConfig parses as YAML".to_owned(),
        },
        Err(message) => {
            Condition { kind, truth: Truth::False, reason: reasons::INVALID_YAML, message }
        }
    }
}

fn live_deployment<'a>(context: &Context<'a>) -> Result<Option<&'a Object>, Halt> {
    let name = meta::module::deployment(context.name());
    Ok(context.get(Kind::Deployment, &name)?.map(AsRef::as_ref))
}

fn news(context: &Context<'_>, live: Option<&Object>, change: &ApplyAction) -> Option<Event> {
    let target = &change.target;
    match (live, &change.verb) {
        (None, _) => Some(told(context, events::CREATED, format!("created {target}"))),
        (Some(_), Verb::Apply { .. }) => {
            Some(told(context, events::UPDATED, format!("updated {target}")))
        }
        (Some(live), change) => {
            takeover::told(live, change).map(|message| told(context, events::ADOPTED, message))
        }
    }
}

fn told(context: &Context<'_>, reason: &'static str, message: String) -> Event {
    event::event(context.resource, Severity::Normal, reason, message)
}

fn ready(progress: &Progress, live: Option<&Object>, size: i32) -> Ready {
    match progress {
        Progress::Creating => {
            Ready::not_yet(reasons::CREATING, "waiting for the first pods to become available")
        }
        Progress::Updating => Ready::not_yet(reasons::UPDATING, "rolling out the current revision"),
        Progress::Stuck(trouble) => Ready::no(reasons::UNAVAILABLE_REPLICAS, trouble.as_str()),
        Progress::Paused(how_to_go_on) => {
            Ready::no(reasons::DEPLOYMENT_PAUSED, how_to_go_on.as_str())
        }
        Progress::Available => {
            let remark = rollout::remark(live);
            let message = format!("{size} of {size} replicas available{remark}");
            Ready::yes(reasons::AVAILABLE_REPLICAS, message)
        }
    }
}

fn fields(context: &Context<'_>, module: &Module, live: Option<&Object>) -> Map<String, Value> {
    let mut fields = counts(context, live);
    fields.insert("image".to_owned(), module.spec.image.as_str().into());
    fields
}

/// What the scale subresource reads.
fn counts(context: &Context<'_>, live: Option<&Object>) -> Map<String, Value> {
    let count = |field| live.and_then(|live| live.number(field)).unwrap_or(0);
    [
        ("replicas", count("/status/replicas").into()),
        ("readyReplicas", count("/status/readyReplicas").into()),
        ("selector", format!("{}={}", meta::MODULE_LABEL, context.name()).into()),
    ]
    .into_iter()
    .map(|(field, value)| (field.to_owned(), value))
    .collect()
}

/// A status that says why nothing is done, beside what it said before. The pods of a module that
/// is left running go on being counted: `kubectl scale` and autoscalers read the numbers.
fn blocked(context: &Context<'_>, ready: Ready) -> Report {
    let mut report = Report::blocked(context.resource, ready);
    if let Ok(live) = live_deployment(context) {
        let ours = live.filter(|live| refuse_foreign(context, live).is_ok());
        report.fields.extend(counts(context, ours));
    }
    report
}
