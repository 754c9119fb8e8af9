//! One look at the caches, and what follows from it beside the actions.

use super::cache::LiveReads;
use super::requeue::{LATE, Requeue, UNWATCHED};
use crate::action::{ApplyAction, Verb};
use crate::object::ObjectRef;
use crate::render::{Rendering, Vitals};
use crate::snapshot::ClusterSnapshot;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What one look at the caches shows.
pub struct Gathered {
    pub rendering: Rendering,
    pub vitals: Option<Vitals>,
    pub exists: bool,
    /// All that was asked for, with the answers.
    pub snapshot: ClusterSnapshot,
    pub unread: BTreeSet<ObjectRef>,
    pub unsettled: BTreeSet<ObjectRef>,
}

/// What must be read by name before some actions may be performed: what was taken for absent
/// because no watch tells of it, and what is to be made and was not just found absent.
pub fn doubtful(
    actions: &[ApplyAction],
    unsettled: &BTreeSet<ObjectRef>,
    found: &LiveReads,
) -> BTreeSet<ObjectRef> {
    let made = actions.iter().filter(|action| is_making(&action.verb)).map(|action| &action.target);
    let made = made.filter(|target| !found.has(target));
    unsettled.iter().chain(made).cloned().collect()
}

/// A claim or a Secret that is made by POST needs no look before: the POST itself is one.
fn is_making(verb: &Verb) -> bool {
    matches!(verb, Verb::Apply { seen: None, .. })
}

/// When to look at a Subject again though no watch tells of a change.
pub fn when_to_look_again(rendering: &Rendering, found: &LiveReads) -> Requeue {
    let due = rendering.look_again.map(|at| {
        let wait = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        Instant::now() + wait + LATE
    });
    let unwatched = found.any_unwatched().then(|| Instant::now() + UNWATCHED);
    due.into_iter().chain(unwatched).min().map_or(Requeue::Rest, Requeue::At)
}
