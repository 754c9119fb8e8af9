//! How one resource is, by what its status says.

use super::Level;
use super::advice::{advice, stale, without_status};
use super::node::{Problem, ReadyCondition, Resource, State};
use crate::crd::conditions::{reasons, types};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::render::{self, live_condition};
use serde_json::Value;

/// Reason of a problem that no condition tells of: nothing is said of the resource.
pub const NO_STATUS: &str = "NoStatus";
/// The same: what is said is about a former spec.
pub const CHANGED: &str = "Changed";
/// The same: somebody has deleted the resource.
pub const DELETING: &str = "Deleting";

/// How a resource is by itself.
pub fn resource(object: &Object) -> Resource {
    let at = object.reference();
    let ready = ready(object);
    let mut problems: Vec<Problem> =
        types::ALL.iter().filter_map(|kind| problem(object, kind)).collect();
    problems.extend(unobserved(object, ready.as_ref()));
    problems.extend(held(at, ready.as_ref()));
    problems.extend(leaving(object));
    // What is said twice is said once.
    let mut said = Vec::new();
    problems.retain(|problem| {
        let is_new = !said.contains(&problem.reason);
        said.push(problem.reason.clone());
        is_new
    });
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.level));
    Resource {
        name: at.name.clone(),
        level: problems.first().map_or(Level::Ok, |first| first.level),
        ready,
        advice: problems.first().map(|first| first.advice.clone()),
        problems,
        paused: render::is_paused(object),
        deleting: object.is_being_deleted(),
        created: text(object.at("/metadata/creationTimestamp")),
    }
}

/// The state of a part, as a condition says it.
pub fn state(object: &Object, kind: &str) -> Option<State> {
    let condition = live_condition(object, kind)?;
    let (reason, message) = (word(condition, "reason"), word(condition, "message"));
    Some(State { level: level(object.reference(), kind, condition), reason, message })
}

fn ready(object: &Object) -> Option<ReadyCondition> {
    let condition = live_condition(object, types::READY)?;
    Some(ReadyCondition {
        status: word(condition, "status"),
        reason: word(condition, "reason"),
        message: word(condition, "message"),
        since: text(condition.get("lastTransitionTime")),
    })
}

fn problem(object: &Object, kind: &str) -> Option<Problem> {
    let at = object.reference();
    let condition = live_condition(object, kind)?;
    let level = level(at, kind, condition);
    (level > Level::Ok).then(|| {
        let (reason, message) = (word(condition, "reason"), word(condition, "message"));
        let advice = advice(at, &reason, &message);
        Problem { level, condition: Some(kind.to_owned()), reason, message, advice }
    })
}

/// Reasons of Ready that hold nothing up but the resource's own purpose.
const MILD: [&str; 2] = [reasons::NO_TARGETS.word, reasons::CLAIM_EXCLUSIVE.word];
/// Reasons of other conditions with which data is lost, or does not come.
const GRAVE: [&str; 3] =
    [reasons::LOST.word, reasons::TERMINATING.word, reasons::BOOTSTRAP_RESTORE_FAILED.word];

/// Whether a resource that is not Ready holds nothing else up.
pub fn is_mild(object: &Object) -> bool {
    let ready = live_condition(object, types::READY);
    ready.is_some_and(|ready| level(object.reference(), types::READY, ready) == Level::Warning)
}

fn level(at: &ObjectRef, kind: &str, condition: &Value) -> Level {
    let reason = condition["reason"].as_str().unwrap_or_default();
    let is_ready = kind == types::READY;
    let is_once = at.kind == Kind::BackupRestore;
    match condition["status"].as_str() {
        // These two say how far it is, in other words than Ready.
        _ if [types::RECONCILING, types::STALLED].contains(&kind) => Level::Ok,
        Some("True") if kind == types::PAUSED => Level::Paused,
        Some("True") => Level::Ok,
        Some("False") if is_ready && reason == reasons::DEPLOYMENT_PAUSED.word => Level::Paused,
        Some("False") if is_ready && MILD.contains(&reason) => Level::Warning,
        // The module goes on, or says itself why it does not.
        Some("False") if is_ready && is_once => Level::Warning,
        Some("False") if is_ready || GRAVE.contains(&reason) => Level::Failed,
        Some("False") => Level::Warning,
        _ if reason == reasons::NO_BACKUP_YET.word => Level::Ok,
        _ => Level::Progressing,
    }
}

/// That the operator has not looked at a resource as it is now.
fn unobserved(object: &Object, ready: Option<&ReadyCondition>) -> Option<Problem> {
    let at = object.reference();
    if ready.is_none() {
        let message = "the operator has said nothing of it yet";
        return Some(Problem::untold(Level::Unknown, NO_STATUS, message, without_status(at)));
    }
    let observed = object.number("/status/observedGeneration");
    let is_stale = observed.zip(object.generation()).is_some_and(|(seen, now)| seen < now);
    let message = "the operator has not looked at the last change yet";
    (is_stale && !render::is_paused(object))
        .then(|| Problem::untold(Level::Progressing, CHANGED, message, stale(at)))
}

/// That a Deployment is paused which has nothing to roll out: the resource is Ready all the same.
fn held(at: &ObjectRef, ready: Option<&ReadyCondition>) -> Option<Problem> {
    let ready = ready.filter(|ready| render::tells_of_pause(&ready.message))?;
    let reason = reasons::DEPLOYMENT_PAUSED.word;
    (ready.reason != reason).then(|| Problem {
        level: Level::Paused,
        condition: Some(types::READY.to_owned()),
        reason: reason.to_owned(),
        message: ready.message.clone(),
        advice: advice(at, reason, &ready.message),
    })
}

fn leaving(object: &Object) -> Option<Problem> {
    let message = "somebody has deleted it, and it goes when its finalizers are done";
    object
        .is_being_deleted()
        .then(|| Problem::untold(Level::Progressing, DELETING, message, stale(object.reference())))
}

fn word(condition: &Value, field: &str) -> String {
    condition[field].as_str().unwrap_or_default().to_owned()
}

/// A text, if it is one.
pub fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}
