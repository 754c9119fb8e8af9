//! The way that every custom resource takes: there, watched, legible, not paused → plan → status.

use super::context::Context;
use super::mend::{Refused, mend};
use super::ready::Ready;
use super::report::{self, Report};
use super::round::{Manifests, Round};
use super::status::is_paused;
use super::stop::Stop;
use crate::action::{ApplyAction, Subject};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::source::Source;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// When something is overdue, by the name of what it is for.
type Overdue = fn(&Context<'_>) -> BTreeMap<String, Timestamp>;

/// What one kind of custom resource does its own way.
pub struct Renderer {
    pub kind: Kind,
    /// Fills a round, and says how far the resource is then.
    pub plan: fn(&Context<'_>, &mut Round) -> Result<Ready, Stop>,
    /// Fields of the status that are written also where nothing is done.
    pub counts: fn(&Context<'_>) -> Map<String, Value>,
    /// The Deployment whose pods the resource stands for, by the resource's name, where it is one.
    pub workload: Option<fn(&str) -> String>,
    /// When what the resource sees to is overdue.
    pub overdue: Option<Overdue>,
    /// Whether other resources go by its condition Ready.
    pub is_awaited: bool,
    /// Why nothing is shown of it where there is no cluster.
    pub needs_cluster: Option<&'static str>,
}

impl Renderer {
    /// A kind that has a plan and nothing else of its own.
    pub const fn new(
        kind: Kind,
        plan: fn(&Context<'_>, &mut Round) -> Result<Ready, Stop>,
    ) -> Self {
        Self {
            kind,
            plan,
            counts: |_| Map::new(),
            workload: None,
            overdue: None,
            is_awaited: false,
            needs_cluster: None,
        }
    }

    /// The Deployment whose pods a resource stands for.
    pub fn workload_of(&self, resource: &ObjectRef) -> Option<ObjectRef> {
        let name = (self.workload?)(&resource.name);
        Some(ObjectRef::new(Kind::Deployment, resource.namespace.as_str(), name))
    }
}

/// What comes of one custom resource.
#[derive(Default)]
pub struct ResourceRendering {
    pub actions: Vec<ApplyAction>,
    /// The field that is to blame for it that nothing is done.
    pub field: Option<String>,
    /// When something is due although nothing changes.
    pub due: Option<Timestamp>,
}

impl ResourceRendering {
    /// Actions that no field is to blame for.
    pub fn of(actions: Vec<ApplyAction>) -> Self {
        Self { actions, ..Self::default() }
    }
}

/// The actions for one custom resource.
pub fn render(
    source: &dyn Source,
    subject: &Subject,
    at: &ObjectRef,
    renderer: &Renderer,
) -> ResourceRendering {
    let Some(resource) = looked_after(source, at) else { return ResourceRendering::default() };
    let context = Context::new(source, subject, &resource, renderer.workload_of(at));
    match mend(&context) {
        Ok(Some(patch)) => ResourceRendering::of(vec![patch]),
        Ok(None) => decide(&context, renderer),
        Err(Refused) => {
            let mut outcome = decide(&context, renderer);
            // Events go with a change of the status.
            outcome.actions.retain(|action| !action.verb.tells());
            outcome
        }
    }
}

fn decide(context: &Context<'_>, renderer: &Renderer) -> ResourceRendering {
    if is_paused(context.resource) {
        return ResourceRendering::of(report::paused(context));
    }
    let mut round = Round::default();
    let end = (renderer.plan)(context, &mut round);
    let due = round.due.filter(|due| *due > context.source.now());
    let (report, field) = match end {
        Ok(ready) => (Report::done(round, ready), None),
        Err(Stop::AsFar(ready)) => (Report::early(context.resource, round, ready), None),
        Err(Stop::Refused { ready, field }) => {
            let nothing = Round { fields: (renderer.counts)(context), ..Round::default() };
            (Report::early(context.resource, nothing, ready), field)
        }
        Err(Stop::Unanswered) => {
            return ResourceRendering { actions: round.actions, field: None, due };
        }
        Err(Stop::Unread | Stop::Waiting) => return ResourceRendering::default(),
    };
    ResourceRendering { actions: report.actions(context), field, due }
}

/// What a custom resource wants applied, paused or not, as far as its plan comes.
pub fn desired(
    source: &dyn Source,
    subject: &Subject,
    at: &ObjectRef,
    renderer: &Renderer,
) -> Manifests {
    let Some(resource) = looked_after(source, at) else { return Manifests::new() };
    let mut round = Round { desired: Some(Manifests::new()), ..Round::default() };
    let context = Context::new(source, subject, &resource, renderer.workload_of(at));
    // What ends the plan early leaves what was reached.
    let _ = (renderer.plan)(&context, &mut round);
    round.desired.unwrap_or_default()
}

/// None for a resource that is not looked after.
fn looked_after(source: &dyn Source, at: &ObjectRef) -> Option<Arc<Object>> {
    let resource = source.get(at).ok().flatten()?;
    (source.watches(&at.namespace) && !resource.is_being_deleted()).then_some(resource)
}
