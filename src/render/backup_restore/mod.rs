//! BackupRestore: find what it names → wait for its module to stop → make the Job → tell its end.
//!
//! Each step stands in the cluster before the next is taken, so that whoever comes after a crash goes on.
//! The end is noted in an annotation before the status tells it: what has ended is never run again, not even
//! where the status is lost.

mod end;
mod follow;
mod turn;
mod wants;

use super::context::Context;
use super::former;
use super::ready::Ready;
use super::resource::Renderer;
use super::restore::{Evidence, RestorePhase, terminal};
use super::round::Round;
use super::status::live_condition;
use super::stop::Stop;
use crate::action::{Precondition, Severity, Verb};
use crate::crd::conditions::{Reason, events, reasons, types};
use crate::kinds::Kind;
use crate::names::{self, RESTORE_FINISHED};
use end::RestoreEnd;
use serde_json::json;

/// How a BackupRestore is rendered.
pub static RENDERER: Renderer = Renderer {
    needs_cluster: Some(
        "stops its module before anything is restored, which takes a cluster: its Job is not shown here",
    ),
    ..Renderer::new(Kind::BackupRestore, plan)
};

/// What comes next.
enum Step {
    Stay(Ready),
    Over(RestoreEnd),
}

fn plan(context: &Context<'_>, round: &mut Round) -> Result<Ready, Stop> {
    let noted = context.resource.annotation(RESTORE_FINISHED);
    match (RestorePhase::of(context.resource), noted) {
        (RestorePhase::Ended(reason, _), Some(_)) => Err(Stop::AsFar(as_told(context, reason))),
        (RestorePhase::Ended(reason, _), None) => {
            let is_noted = note(context, round, reason)?;
            Err(if is_noted { Stop::Unanswered } else { Stop::AsFar(as_told(context, reason)) })
        }
        (_, Some(noted)) => {
            let end = end_of(context, noted)?;
            end.tell(context, round);
            Ok(end.ready())
        }
        (state, None) => match decide(context, round)? {
            Step::Over(end) => {
                if note(context, round, end.reason)? {
                    return Err(Stop::Unanswered);
                }
                end.tell(context, round);
                Ok(end.ready())
            }
            Step::Stay(ready) => {
                tell_of_the_beginning(context, round, state, &ready);
                Ok(ready)
            }
        },
    }
}

/// What the status says already.
fn as_told(context: &Context<'_>, reason: Reason) -> Ready {
    let ready = live_condition(context.resource, types::READY);
    let message = ready.and_then(|ready| ready["message"].as_str()).unwrap_or_default();
    Ready { reason, message: message.to_owned() }
}

/// Notes the end. The status tells of it as soon as the note is seen. False where admission takes the note off, and
/// the status alone can tell.
fn note(context: &Context<'_>, round: &mut Round, reason: Reason) -> Result<bool, Stop> {
    let patch = json!({ "metadata": { "annotations": { RESTORE_FINISHED: reason.word } } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(context.resource) };
    let before = round.actions.len();
    round.ask(context, context.resource.reference().clone(), verb)?;
    Ok(round.actions.len() > before)
}

/// The end that was noted, with all that is still to be found of it.
fn end_of(context: &Context<'_>, noted: &str) -> Result<RestoreEnd, Stop> {
    match decide(context, &mut Round::default()) {
        Ok(Step::Over(end)) if end.reason.word == noted => Ok(end),
        Err(Stop::Unread) => Err(Stop::Unread),
        _ => Ok(RestoreEnd::noted(context, terminal(noted).unwrap_or(reasons::FAILED))),
    }
}

fn decide(context: &Context<'_>, round: &mut Round) -> Result<Step, Stop> {
    round.fields = end::kept(context);
    if let Some(job) = context.get(Kind::Job, &names::backup::restore(context.name()))? {
        return follow::job(context, round, &job);
    }
    if end::has_started(context) {
        return follow::vanished(context);
    }
    if former::has_told(context.resource.value()) {
        let message = "the TypeScript operator has acted on it, and how that ended is not known. It is not run again: make another BackupRestore";
        return Ok(Step::Over(RestoreEnd::of(reasons::FAILED, message)));
    }
    match wants::wants(context, round)? {
        Ok(wants) => turn::take(context, round, &wants),
        Err(step) => Ok(step),
    }
}

fn tell_of_the_beginning(
    context: &Context<'_>,
    round: &mut Round,
    state: RestorePhase,
    ready: &Ready,
) {
    if ready.reason == reasons::RUNNING && state != RestorePhase::Running {
        let message = ready.message.clone();
        round.tell(context, Severity::Normal, events::RESTORE_STARTED, message);
    }
}

/// What is left of this restore.
fn evidence(context: &Context<'_>) -> Result<Evidence, Stop> {
    let module = context.resource.text("/spec/botModule/name").unwrap_or_default();
    let uid = context.resource.uid().unwrap_or_default();
    Evidence::gather(context, module, context.name(), uid)
}
