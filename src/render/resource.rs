//! The way that every custom resource takes: there, watched, legible, not paused → plan → status.

use super::context::{Context, Wishes};
use super::mend::{Refused, mend};
use super::status::{self, Ready, Report};
use super::wish::Halt;
use crate::action::{ApplyAction, Subject, Verb};
use crate::object::{Kind, ObjectRef};
use crate::snapshot::ClusterSnapshot;
use std::cell::RefCell;

/// What one kind of custom resource does its own way.
pub struct Way {
    pub kind: Kind,
    /// The actions of a round, or why there are none.
    pub plan: fn(&Context<'_>) -> Result<Vec<ApplyAction>, Halt>,
    /// The report on a resource for which nothing is done.
    pub blocked: fn(&Context<'_>, Ready) -> Report,
}

/// The actions for one custom resource.
pub fn render(
    snapshot: &ClusterSnapshot,
    subject: &Subject,
    namespace: &str,
    name: &str,
    way: &Way,
) -> Vec<ApplyAction> {
    let Some(context) = context(snapshot, subject, namespace, name, way) else {
        return Vec::new();
    };
    match mend(&context) {
        Ok(Some(patch)) => vec![patch],
        Ok(None) => decide(&context, way),
        Err(Refused) => decide(&context, way).into_iter().filter(|it| !tells(it)).collect(),
    }
}

fn decide(context: &Context<'_>, way: &Way) -> Vec<ApplyAction> {
    if status::is_paused(context.resource) {
        return status::paused(context);
    }
    match (way.plan)(context) {
        Ok(actions) => actions,
        Err(Halt::Unknown | Halt::Waiting) => Vec::new(),
        Err(Halt::Blocked(ready)) => (way.blocked)(context, ready).actions(context),
    }
}

/// Whether an action only says something. Events go with a change of the status.
fn tells(action: &ApplyAction) -> bool {
    matches!(action.verb, Verb::Status { .. } | Verb::Event(_))
}

/// Notes what a custom resource wants applied, paused or not.
pub fn note_wishes(
    snapshot: &ClusterSnapshot,
    subject: &Subject,
    namespace: &str,
    name: &str,
    way: &Way,
    wishes: &RefCell<Wishes>,
) {
    if let Some(context) = context(snapshot, subject, namespace, name, way) {
        // What ends the rendering early leaves the wishes that were reached.
        let _ = (way.plan)(&context.noting(wishes));
    }
}

/// None for a resource that is not looked after.
fn context<'a>(
    snapshot: &'a ClusterSnapshot,
    subject: &Subject,
    namespace: &str,
    name: &str,
    way: &Way,
) -> Option<Context<'a>> {
    let resource = snapshot.get(&ObjectRef::new(way.kind, namespace, name)).ok().flatten()?;
    (snapshot.watches(namespace) && !resource.is_being_deleted())
        .then(|| Context::new(snapshot, subject.clone(), resource))
}
