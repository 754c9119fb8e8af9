//! What one look at a resource comes to, while its plan is under way.

use super::change::{Change, Intent};
use super::context::Context;
use super::desired::{Desired, NextStep};
use super::event;
use super::prune;
use super::ready::Condition;
use super::status::live_condition;
use super::stop::Stop;
use crate::action::{ApplyAction, Event, Severity, Verb};
use crate::crd::conditions::{Truth, events};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::question::{Fact, Question};
use crate::snapshot::Outcome;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The manifests that are to be kept applied, by the objects that they are of.
pub type Manifests = BTreeMap<ObjectRef, Value>;

/// Filled by a plan, step by step.
#[derive(Default)]
pub struct Round {
    pub actions: Vec<ApplyAction>,
    /// Told only together with a change of the status, or of the first one that may wait.
    pub events: Vec<Event>,
    pub conditions: Vec<Condition>,
    /// Fields of the status beside the conditions.
    pub fields: Map<String, Value>,
    /// What is to be kept applied, whether it is or not. None where nobody asks for it.
    pub desired: Option<Manifests>,
    /// What is desired and being deleted.
    pub leaving: BTreeSet<ObjectRef>,
    /// When something is due although nothing changes.
    pub due: Option<Timestamp>,
}

impl Round {
    /// Does what brings an object to its desired state.
    pub fn keep(&mut self, context: &Context<'_>, desired: Desired) -> Result<(), Stop> {
        let change = self.want(context, desired)?;
        self.extend(context, change);
        Ok(())
    }

    /// Finds out what brings an object to its desired state, and leaves it to the plan to do it.
    pub fn want(
        &mut self,
        context: &Context<'_>,
        desired: Desired,
    ) -> Result<Option<Change>, Stop> {
        if let Some(noted) = &mut self.desired {
            noted.insert(desired.target.clone(), desired.manifest.clone());
        }
        Ok(match desired.next(context)? {
            NextStep::Nothing => None,
            NextStep::Leaving(target) => {
                self.leaving.insert(target);
                None
            }
            NextStep::Change(change) => Some(change),
        })
    }

    /// Deletes an object that the resource controls and does not want any more.
    pub fn remove(&mut self, context: &Context<'_>, kind: Kind, name: &str) -> Result<(), Stop> {
        if let Some(deletion) = prune::owned(context, kind, name)? {
            let target = context.reference(kind, name);
            self.delete(context, target, deletion)?;
        }
        Ok(())
    }

    /// Deletes an object.
    pub fn delete(
        &mut self,
        context: &Context<'_>,
        target: ObjectRef,
        deletion: Verb,
    ) -> Result<(), Stop> {
        let action = context.allowed(context.action(target, deletion))?;
        let change = action.map(|action| Change { action, intent: Intent::Delete });
        self.extend(context, change);
        Ok(())
    }

    /// Does a change, if there is one, and tells of it where pods come, go or restart.
    pub fn extend(&mut self, context: &Context<'_>, change: Option<Change>) {
        let Some(Change { action, intent }) = change else { return };
        if action.target.kind.pod_template().is_some()
            && let Some((reason, message)) = told(intent, &action.target)
        {
            self.tell(context, Severity::Normal, reason, message);
        }
        self.actions.push(action);
    }

    /// Sends a request that changes no desired object.
    pub fn ask(
        &mut self,
        context: &Context<'_>,
        target: ObjectRef,
        verb: Verb,
    ) -> Result<(), Stop> {
        self.actions.extend(context.allowed(context.action(target, verb))?);
        Ok(())
    }

    /// The answer to a question. Where there is none, or one that is too old, it is asked.
    ///
    /// # Errors
    /// [`Stop::Unanswered`].
    pub fn question(
        &mut self,
        context: &Context<'_>,
        target: ObjectRef,
        question: Question,
    ) -> Result<Fact, Stop> {
        let action = context.action(target, Verb::Ask(question.clone().into()));
        match context.answer_to(&action) {
            Some(Outcome::Told { fact, .. }) if question.fits(fact) => Ok(fact.clone()),
            _ => {
                self.actions.push(action);
                Err(Stop::Unanswered)
            }
        }
    }

    /// Looks again at a time at the latest.
    pub fn look_again(&mut self, at: Timestamp) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Tells of what happened.
    pub fn tell(
        &mut self,
        context: &Context<'_>,
        severity: Severity,
        reason: &'static str,
        message: String,
    ) {
        self.events.push(event::event(context.resource, severity, reason, message));
    }

    /// Says something of the resource, and tells of it where it was not said before.
    pub fn say(&mut self, context: &Context<'_>, condition: Condition) {
        self.events.extend(news(context.resource, &condition));
        self.conditions.push(condition);
    }
}

/// The event that goes with a condition, where its reason has one and the live status does not say
/// the same.
pub fn news(resource: &Object, condition: &Condition) -> Option<Event> {
    let event = condition.reason.event?;
    let is_said = live_condition(resource, condition.kind).is_some_and(|live| {
        live["reason"] == condition.reason.word && live["message"] == condition.message.as_str()
    });
    let severity = match condition.reason.truth {
        Truth::False => Severity::Warning,
        Truth::True | Truth::Unknown => Severity::Normal,
    };
    (!is_said).then(|| event::event(resource, severity, event, condition.message.clone()))
}

fn told(intent: Intent, target: &ObjectRef) -> Option<(&'static str, String)> {
    Some(match intent {
        Intent::Create => (events::CREATED, format!("created {target}")),
        Intent::Update => (events::UPDATED, format!("updated {target}")),
        Intent::Delete => (events::DELETED, format!("deleted {target}")),
        Intent::Adopt => {
            (events::ADOPTED, format!("took over {target}; {}", fate_of_pods(target.kind)))
        }
        Intent::AdoptAgain => (
            events::ADOPTED,
            format!(
                "took over {target} again: what the former operator has written to it since goes where it is not wanted"
            ),
        ),
        Intent::Free => return None,
    })
}

fn fate_of_pods(kind: Kind) -> &'static str {
    let is_replaced = kind.pod_template() == Kind::Deployment.pod_template();
    // The pods of what runs by the clock are gone after each run.
    if is_replaced { "its pods restart once" } else { "its runs go on as they were" }
}
