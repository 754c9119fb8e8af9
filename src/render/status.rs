//! Conditions, and when a status is worth a write.

use super::context::Context;
use super::event::clipped;
use super::{event, grace, meta};
use crate::action::{ApplyAction, Event, Precondition, Severity, Verb};
use crate::crd::conditions::{events, reasons, types};
use crate::fields::{self, owned};
use crate::object::{Object, ObjectRef};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The three values of a condition's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// The condition that all others are judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    pub truth: Truth,
    pub reason: &'static str,
    pub message: String,
}

impl Ready {
    pub fn yes(reason: &'static str, message: impl Into<String>) -> Self {
        Self { truth: Truth::True, reason, message: clipped(message.into()) }
    }

    pub fn no(reason: &'static str, message: impl Into<String>) -> Self {
        Self { truth: Truth::False, reason, message: clipped(message.into()) }
    }

    pub fn not_yet(reason: &'static str, message: impl Into<String>) -> Self {
        Self { truth: Truth::Unknown, reason, message: clipped(message.into()) }
    }

    /// kstatus: nothing moves until somebody helps.
    fn is_stalled(&self) -> bool {
        [reasons::INVALID_SPEC, reasons::CONFLICT, reasons::APPLY_FAILED].contains(&self.reason)
    }

    /// kstatus: it is being worked on, or will be as soon as what is missing appears.
    fn is_reconciling(&self) -> bool {
        let waiting = [
            reasons::IPC_CONFIG_NOT_FOUND,
            reasons::IPC_CONFIG_NOT_READY,
            reasons::SECRET_NOT_FOUND,
            reasons::TOKEN_NOT_FOUND,
        ];
        self.truth == Truth::Unknown || waiting.contains(&self.reason)
    }
}

/// A condition beside Ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub kind: &'static str,
    pub truth: Truth,
    pub reason: &'static str,
    pub message: String,
}

/// What is to be said of a resource.
pub struct Report {
    pub ready: Ready,
    pub others: Vec<Condition>,
    /// Conditions that are carried on as they are, with the generation that they speak of.
    pub kept: Vec<Value>,
    /// Fields of the status beside the conditions.
    pub fields: Map<String, Value>,
    /// What happened in this round. Told only together with a change of the status, or of the first
    /// one that may wait.
    pub news: Vec<Event>,
}

impl Report {
    /// The report on a resource whose rendering ended early: what the status said before about
    /// anything but readiness still holds.
    pub fn blocked(resource: &Object, ready: Ready) -> Self {
        Self {
            ready,
            others: Vec::new(),
            kept: kept_conditions(resource),
            fields: kept_fields(resource),
            news: Vec::new(),
        }
    }

    /// Events and status, where they say anything new.
    pub fn actions(mut self, context: &Context<'_>) -> Vec<ApplyAction> {
        self.wait_for(&context.leaving());
        let rewrites: BTreeSet<String> = context.rewrites().collect();
        if !rewrites.is_empty() {
            let rewrites = rewrites.into_iter().collect::<Vec<_>>().join(", ");
            let remark = format!("; the cluster rewrites {rewrites}");
            let told = live_condition(context.resource, types::READY)
                .and_then(|live| live["message"].as_str())
                .is_some_and(|message| message.ends_with(&remark));
            self.ready.message += &remark;
            if !told {
                let message = format!("admission rewrites {rewrites}; it is left as it is");
                let event =
                    event::event(context.resource, Severity::Warning, events::CONFLICT, message);
                self.news.push(event);
            }
        }
        self.news.extend(alarm(context.resource, &self.ready));
        let status = status(context, &self);
        if says_the_same(context.resource, &status) {
            return Vec::new();
        }
        if self.may_wait(context) {
            return events(context, self.news).collect();
        }
        told(context, self.news, status)
    }

    /// What is wanted and on its way out is there only for now.
    fn wait_for(&mut self, leaving: &BTreeSet<ObjectRef>) {
        if self.ready.truth == Truth::True && !leaving.is_empty() {
            let names: Vec<String> = leaving.iter().map(ToString::to_string).collect();
            let message =
                format!("waiting until what is being deleted is gone: {}", names.join(", "));
            self.ready = Ready::not_yet(reasons::UPDATING, message);
        }
    }

    /// Whether this is the first status, and would say no more than that all is on its way. News
    /// that go with a write need no status to be told once; a warning would be told again.
    fn may_wait(&self, context: &Context<'_>) -> bool {
        self.ready.reason == reasons::CREATING
            && self.others.iter().all(|condition| condition.truth != Truth::False)
            && self.news.iter().all(|event| event.severity == Severity::Normal)
            && grace::ends(context.snapshot, &context.subject).is_some()
    }
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
        truth: Truth::True,
        reason: reasons::PAUSED,
        message: format!("annotation {} is set: nothing is written", meta::PAUSED),
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
    if fields::contains(&json!({ "status": live }), &json!({ "status": status })).is_ok() {
        return Vec::new();
    }
    told(context, Vec::new(), status)
}

/// What of a live status is ours: server-side apply takes off what we do not apply any more, and
/// takes from others what we do.
fn own_status(resource: &Object) -> Map<String, Value> {
    let managers = resource.at("/metadata/managedFields").and_then(Value::as_array);
    let Some(managers) = managers.filter(|managers| !managers.is_empty()) else {
        // Where nobody is recorded, it goes by the names.
        let mut status = kept_fields(resource);
        let conditions =
            OWN_CONDITIONS.into_iter().filter_map(|kind| live_condition(resource, kind));
        status.insert("conditions".to_owned(), conditions.cloned().collect());
        return status;
    };
    let ours = managers.iter().find(|entry| {
        entry["manager"] == meta::STATUS_MANAGER
            && entry["operation"] == "Apply"
            && entry["subresource"] == "status"
    });
    let set = ours.map(|entry| &entry["fieldsV1"]["f:status"]);
    let part = set.zip(resource.at("/status")).and_then(|(set, live)| owned::part(live, set));
    match part {
        Some(Value::Object(status)) => status,
        _ => Map::new(),
    }
}

/// Whether somebody has asked to leave a resource alone.
pub fn is_paused(resource: &Object) -> bool {
    resource.annotation(meta::PAUSED) == Some("true")
}

/// One condition of a live status.
pub fn live_condition<'a>(resource: &'a Object, kind: &str) -> Option<&'a Value> {
    let conditions = resource.at("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| kind_of(condition) == kind)
}

/// `2026-11-23T15:04:05Z`, as Kubernetes writes times.
pub fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn status(context: &Context<'_>, report: &Report) -> Value {
    let mut conditions = vec![Condition {
        kind: types::READY,
        truth: report.ready.truth,
        reason: report.ready.reason,
        message: report.ready.message.clone(),
    }];
    let kstatus = [
        (types::RECONCILING, report.ready.is_reconciling()),
        (types::STALLED, report.ready.is_stalled()),
    ];
    for (kind, applies) in kstatus {
        if applies {
            conditions.push(Condition { kind, truth: Truth::True, ..conditions[0].clone() });
        }
    }
    conditions.extend(report.others.iter().cloned());
    let mut conditions: Vec<Value> =
        conditions.iter().map(|condition| condition_value(context, condition)).collect();
    conditions.extend(report.kept.iter().cloned());
    let mut status = report.fields.clone();
    status.insert("conditions".to_owned(), conditions.into());
    if let Some(generation) = context.resource.generation() {
        status.insert("observedGeneration".to_owned(), generation.into());
    }
    if let Some(asked) = context.resource.annotation(meta::RECONCILE_REQUESTED) {
        status.insert("lastHandledReconcileAt".to_owned(), asked.into());
    }
    status.into()
}

fn condition_value(context: &Context<'_>, condition: &Condition) -> Value {
    let live = live_condition(context.resource, condition.kind);
    let mut value = json!({
        "type": condition.kind,
        "status": condition.truth.as_str(),
        "reason": condition.reason,
        "message": condition.message,
        "lastTransitionTime": transition(live, condition.truth, context.snapshot.now),
    });
    if let Some(generation) = context.resource.generation() {
        value["observedGeneration"] = generation.into();
    }
    value
}

/// When the status of a condition last changed. A change of reason or message is none.
fn transition(live: Option<&Value>, truth: Truth, now: Timestamp) -> String {
    live.filter(|live| live["status"] == truth.as_str())
        .and_then(|live| live["lastTransitionTime"].as_str())
        .map_or_else(|| time(now), str::to_owned)
}

/// Whether a live status already says all this, and nothing of ours beyond it. What other
/// managers keep in it does not matter: it would be written again for ever.
fn says_the_same(resource: &Object, wanted: &Value) -> bool {
    let nothing = json!({});
    let live = resource.at("/status").unwrap_or(&nothing);
    let is_surplus_condition = |kind: &&str| {
        let item = format!("k:{}", json!({ "type": kind }));
        live_condition(resource, kind).is_some()
            && !has(wanted, kind)
            && !others_own(resource, &["status", "conditions", &item])
    };
    let is_surplus_field = |field: &&str| {
        live.get(field).is_some()
            && wanted.get(field).is_none()
            && !others_own(resource, &["status", field])
    };
    fields::contains(&json!({ "status": live }), &json!({ "status": wanted })).is_ok()
        && !OWN_CONDITIONS.iter().any(is_surplus_condition)
        && !OWN_FIELDS.iter().any(is_surplus_field)
}

/// Whether a status says of the replicas alone something else than the live one. It may wait while
/// a rollout is under way, when the numbers change several times a second.
pub fn counts_alone_differ(resource: &Object, wanted: &Value) -> bool {
    let mut wanted = wanted.clone();
    if let Some(fields) = wanted.as_object_mut() {
        fields.retain(|field, _| !COUNTS.contains(&field.as_str()));
    }
    let nothing = json!({});
    let live = resource.at("/status").unwrap_or(&nothing);
    let has_conditions = live.get("conditions").is_some();
    let same_conditions = conditions_of(live) == conditions_of(&wanted);
    has_conditions
        && same_conditions
        && fields::contains(&json!({ "status": live }), &json!({ "status": wanted })).is_ok()
}

fn conditions_of(status: &Value) -> BTreeSet<&str> {
    let conditions = status.get("conditions").and_then(Value::as_array);
    conditions.into_iter().flatten().map(kind_of).collect()
}

const COUNTS: [&str; 2] = ["replicas", "readyReplicas"];

/// Whether a field stays when we stop to apply it.
fn others_own(resource: &Object, path: &[&str]) -> bool {
    let managers = resource.at("/metadata/managedFields").and_then(Value::as_array);
    managers.into_iter().flatten().any(|entry| {
        entry["manager"] != meta::STATUS_MANAGER && owned::owns(&entry["fieldsV1"], path)
    })
}

const OWN_CONDITIONS: [&str; 7] = [
    types::READY,
    types::RECONCILING,
    types::STALLED,
    types::CLAIM_READY,
    types::CONFIG_VALID,
    types::PAUSED,
    types::TOKEN_ROTATED,
];

const OWN_FIELDS: [&str; 7] = [
    "observedGeneration",
    "replicas",
    "readyReplicas",
    "selector",
    "image",
    FIRST_AVAILABLE,
    "lastHandledReconcileAt",
];

/// Field of a status: when the resource was first seen available.
pub const FIRST_AVAILABLE: &str = "firstAvailableTime";

fn has(status: &Value, kind: &str) -> bool {
    let conditions = status.get("conditions").and_then(Value::as_array);
    conditions.is_some_and(|conditions| conditions.iter().any(|one| kind_of(one) == kind))
}

/// What was said before of anything but readiness.
fn kept_conditions(resource: &Object) -> Vec<Value> {
    [types::CLAIM_READY, types::CONFIG_VALID, types::TOKEN_ROTATED]
        .into_iter()
        .filter_map(|kind| live_condition(resource, kind).cloned())
        .collect()
}

fn kept_fields(resource: &Object) -> Map<String, Value> {
    let live = resource.at("/status").and_then(Value::as_object);
    let own = live.into_iter().flatten().filter(|(field, _)| OWN_FIELDS.contains(&field.as_str()));
    own.map(|(field, value)| (field.clone(), value.clone())).collect()
}

/// The event that tells of a new reason for which a resource is stalled.
fn alarm(resource: &Object, ready: &Ready) -> Option<Event> {
    let reason = [
        (reasons::INVALID_SPEC, events::INVALID_SPEC),
        (reasons::CONFLICT, events::CONFLICT),
        (reasons::APPLY_FAILED, events::APPLY_FAILED),
    ]
    .into_iter()
    .find_map(|(condition, event)| (condition == ready.reason).then_some(event))?;
    let told = live_condition(resource, types::READY).is_some_and(|live| {
        live["reason"] == ready.reason && live["message"] == ready.message.as_str()
    });
    (!told).then(|| event::event(resource, Severity::Warning, reason, ready.message.clone()))
}

fn kind_of(condition: &Value) -> &str {
    condition.get("type").and_then(Value::as_str).unwrap_or_default()
}
