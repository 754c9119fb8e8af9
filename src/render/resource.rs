//! The way that every custom resource takes: there, watched, not paused → plan → status.

use super::context::Context;
use super::status::{self, Ready, Report};
use super::wish::Halt;
use crate::action::{ApplyAction, Subject};
use crate::object::{Kind, ObjectRef};
use crate::snapshot::ClusterSnapshot;

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
    let Ok(Some(resource)) = snapshot.get(&ObjectRef::new(way.kind, namespace, name)) else {
        return Vec::new();
    };
    if !snapshot.watches(namespace) || resource.is_being_deleted() {
        return Vec::new();
    }
    let context = Context::new(snapshot, subject.clone(), resource);
    if status::is_paused(resource) {
        return status::paused(&context);
    }
    match (way.plan)(&context) {
        Ok(actions) => actions,
        Err(Halt::Unknown | Halt::Waiting) => Vec::new(),
        Err(Halt::Blocked(ready)) => (way.blocked)(&context, ready).actions(&context),
    }
}
