//! What is asked of a cluster, as the engine sees it: when it comes, what follows, what it was decided on.

use super::cache::Version;
use crate::action::{ApplyAction, Precondition, Subject, Verb};

/// Whether there is nothing to do but to tell how one of many resources is: that can wait.
pub fn only_tell(subject: &Subject, actions: &[ApplyAction]) -> bool {
    is_of_many(subject) && actions.iter().all(|action| action.verb.tells())
}

/// Whether the next round, which follows a write at once, says the same or more. An IpcConfig tells
/// of its token in the round that makes it, or never.
pub fn is_said_again(subject: &Subject, action: &ApplyAction) -> bool {
    is_of_many(subject) && matches!(action.verb, Verb::Status { .. })
}

fn is_of_many(subject: &Subject) -> bool {
    subject.resource().is_some_and(|resource| resource.kind.is_many())
}

/// Whether a next round sees something else.
pub fn changes(verb: &Verb) -> bool {
    !matches!(verb, Verb::Status { .. } | Verb::Event(_) | Verb::Ask(_))
}

/// Says what was written, to which object and for which Subject.
pub fn log(action: &ApplyAction) {
    let ApplyAction { subject, target, verb } = action;
    if let Verb::Status { .. } = verb {
        tracing::debug!(object = %target, "status written");
    } else {
        tracing::info!(object = %target, %subject, verb = verb.name(), "written");
    }
}

pub fn version(seen: &Precondition) -> Version {
    Version::from(seen.resource_version.as_deref())
}

pub fn seen_version(verb: &Verb) -> Option<Version> {
    match verb {
        Verb::Apply { seen, .. } => seen.as_ref().map(version),
        Verb::Patch { seen, .. }
        | Verb::Delete { seen }
        | Verb::PatchStatus { seen, .. }
        | Verb::Status { seen, .. } => Some(version(seen)),
        Verb::Create(_) | Verb::Event(_) | Verb::Ask(_) => None,
    }
}
