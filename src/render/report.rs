//! Conditions, and when a status is worth a write.

use super::context::Context;
use super::grace;
use super::ready::{Condition, Ready};
use super::round::{Round, news};
use super::status::{kept_fields, kind_of, live_condition, own_status, says_the_same, time};
use crate::action::{ApplyAction, Event, Precondition, Severity, Verb};
use crate::crd::conditions::{KStatus, Truth, events, reasons, types};
use crate::fields;
use crate::names;
use crate::object::Object;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::mem;

/// What is to be said of a resource.
pub struct Report {
    pub ready: Ready,
    pub round: Round,
    /// Conditions that are carried on as they are, with the generation that they speak of.
    pub kept: Vec<Value>,
}

impl Report {
    /// The report on a round that came to its end.
    pub fn done(round: Round, ready: Ready) -> Self {
        Self { ready, round, kept: Vec::new() }
    }

    /// The report on a round that ended early: what the status said before about anything but
    /// readiness still holds, where the round says nothing else.
    pub fn early(resource: &Object, mut round: Round, ready: Ready) -> Self {
        let is_said = |kind: &str| round.conditions.iter().any(|condition| condition.kind == kind);
        let kept = types::KEPT.into_iter().filter(|kind| !is_said(kind));
        let kept = kept.filter_map(|kind| live_condition(resource, kind).cloned()).collect();
        let fields = mem::replace(&mut round.fields, kept_fields(resource));
        round.fields.extend(fields);
        Self { ready, round, kept }
    }

    /// The actions of the round, events and status, as far as they say anything new.
    pub fn actions(mut self, context: &Context<'_>) -> Vec<ApplyAction> {
        self.wait_for_leaving();
        self.remark_rewrites(context);
        let ready = Condition {
            kind: types::READY,
            reason: self.ready.reason,
            message: self.ready.message.clone(),
        };
        self.round.events.extend(news(context.resource, &ready));
        let mut actions = mem::take(&mut self.round.actions);
        let status = status(context, &ready, &mut self);
        if says_the_same(context.resource, &status) {
            return actions;
        }
        if self.may_wait(context) {
            actions.extend(events(context, self.round.events));
        } else {
            actions.extend(told(context, self.round.events, status));
        }
        actions
    }

    /// What is desired and being deleted is there only for now.
    fn wait_for_leaving(&mut self) {
        let leaving = &self.round.leaving;
        if self.ready.reason.truth == Truth::True && !leaving.is_empty() {
            let names: Vec<String> = leaving.iter().map(ToString::to_string).collect();
            let message =
                format!("waiting until what is being deleted is gone: {}", names.join(", "));
            self.ready = Ready::new(reasons::UPDATING, message);
        }
    }

    /// Says what admission keeps rewriting.
    fn remark_rewrites(&mut self, context: &Context<'_>) {
        let rewrites: BTreeSet<String> = context.rewrites().collect();
        if rewrites.is_empty() {
            return;
        }
        let rewrites = rewrites.into_iter().collect::<Vec<_>>().join(", ");
        let remark = format!("; the cluster rewrites {rewrites}");
        let is_said = live_condition(context.resource, types::READY)
            .and_then(|live| live["message"].as_str())
            .is_some_and(|message| message.ends_with(&remark));
        // What is said again as it was said has it already.
        if !self.ready.message.ends_with(&remark) {
            self.ready.message += &remark;
        }
        if !is_said {
            let message = format!("admission rewrites {rewrites}; it is left as it is");
            self.round.tell(context, Severity::Warning, events::CONFLICT, message);
        }
    }

    /// Whether the status may wait. Events that go with a write need no status to be told once; a warning
    /// would be told again.
    fn may_wait(&self, context: &Context<'_>) -> bool {
        let Round { conditions, events, .. } = &self.round;
        conditions.iter().all(|condition| condition.reason.truth != Truth::False)
            && events.iter().all(|event| event.severity == Severity::Normal)
            && may_wait(context, &self.ready)
    }
}

/// Whether this is the first status, and would say no more than that all is being made.
pub fn may_wait(context: &Context<'_>, ready: &Ready) -> bool {
    ready.reason == reasons::CREATING
        && grace::ends(context.source, context.resource.reference(), context.workload.as_ref())
            .is_some()
}

/// Events and a status. None, where the API server has refused this status.
fn told(context: &Context<'_>, news: Vec<Event>, status: Value) -> Vec<ApplyAction> {
    let target = context.resource.reference();
    let seen = Precondition::seen(context.resource);
    let status = context.action(target.clone(), Verb::Status { status, seen });
    if context.answer_to(&status).is_some() {
        return Vec::new();
    }
    events(context, news).chain([status]).collect()
}

fn events(context: &Context<'_>, news: Vec<Event>) -> impl Iterator<Item = ApplyAction> {
    let target = context.resource.reference();
    news.into_iter().map(move |event| context.action(target.clone(), Verb::Event(event)))
}

/// The only write for a paused resource: the condition that says so, beside what is ours already.
pub fn paused(context: &Context<'_>) -> Vec<ApplyAction> {
    let condition = Condition {
        kind: types::PAUSED,
        reason: reasons::PAUSED,
        message: format!("annotation {} is set: nothing is written", names::PAUSED),
    };
    let mut status = own_status(context.resource);
    let mut conditions = match status.remove("conditions") {
        Some(Value::Array(conditions)) => conditions,
        _ => Vec::new(),
    };
    conditions.retain(|condition| kind_of(condition) != types::PAUSED);
    conditions.push(condition_value(context, &condition));
    status.insert("conditions".to_owned(), conditions.into());
    let status = Value::from(status);
    let nothing = json!({});
    let live = context.resource.at("/status").unwrap_or(&nothing);
    if fields::says(live, &status) {
        return Vec::new();
    }
    told(context, Vec::new(), status)
}

/// Takes out of a report what goes into the status as it is.
fn status(context: &Context<'_>, ready: &Condition, report: &mut Report) -> Value {
    let of_kstatus = match ready.reason.progress {
        KStatus::Settled => None,
        KStatus::Reconciling | KStatus::Waiting => Some(types::RECONCILING),
        KStatus::Stalled => Some(types::STALLED),
    };
    let of_kstatus = of_kstatus.map(|kind| value(context, kind, Truth::True, ready));
    let all = [condition_value(context, ready)].into_iter().chain(of_kstatus);
    let others =
        report.round.conditions.iter().map(|condition| condition_value(context, condition));
    let conditions: Vec<Value> = all.chain(others).chain(mem::take(&mut report.kept)).collect();
    let mut status = mem::take(&mut report.round.fields);
    // What is not to be carried on.
    status.retain(|_, value| !value.is_null());
    status.insert("conditions".to_owned(), conditions.into());
    if let Some(generation) = context.resource.generation() {
        status.insert("observedGeneration".to_owned(), generation.into());
    }
    if let Some(asked) = context.resource.annotation(names::RECONCILE_REQUESTED) {
        status.insert("lastHandledReconcileAt".to_owned(), asked.into());
    }
    status.into()
}

fn condition_value(context: &Context<'_>, condition: &Condition) -> Value {
    value(context, condition.kind, condition.reason.truth, condition)
}

/// A condition of another type with the reason and message of this one.
fn value(context: &Context<'_>, kind: &str, truth: Truth, condition: &Condition) -> Value {
    let live = live_condition(context.resource, kind);
    let mut value = json!({
        "type": kind,
        "status": truth.as_str(),
        "reason": condition.reason.word,
        "message": condition.message,
        "lastTransitionTime": transition(live, truth, context.source.now()),
    });
    if let Some(generation) = context.resource.generation() {
        value["observedGeneration"] = generation.into();
    }
    value
}

/// When the status of a condition last changed. A change of reason or message does not count.
fn transition(live: Option<&Value>, truth: Truth, now: Timestamp) -> String {
    live.filter(|live| live["status"] == truth.as_str())
        .and_then(|live| live["lastTransitionTime"].as_str())
        .map_or_else(|| time(now), str::to_owned)
}
