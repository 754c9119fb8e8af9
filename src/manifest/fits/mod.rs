//! The word `fits`, which stands for a digest that nobody can write by hand.
//!
//! A live object whose `eevee.bot/applied-digest` fits is what the operator would apply today, with
//! what is written laid over it as a JSON merge patch. So a file says what is special about an
//! object and nothing else, and means the same after the operator has learnt to apply one field
//! more. The digests in a pod template, and what a refusal was of, may fit by themselves.

mod answers;
mod objects;
mod place;
#[cfg(test)]
mod tests;

pub use place::{FITS, applied_digest, places, segment, template_annotation};

use crate::object::ObjectRef;
use crate::render::{self, Manifests};
use crate::snapshot::ClusterSnapshot;
use crate::world::World;

/// A place that says `fits` and for which nothing is wanted.
pub struct Unfilled {
    /// The object. None for the Situation.
    pub object: Option<ObjectRef>,
    pub pointer: String,
    pub why: String,
}

/// Whether anything says `fits`.
pub fn is_said(snapshot: &ClusterSnapshot) -> bool {
    objects::are_said(snapshot) || answers::are_said(snapshot)
}

/// Puts what is meant in place of every `fits`. What cannot be filled is taken out.
pub fn fill(snapshot: &mut ClusterSnapshot) -> Vec<Unfilled> {
    let mut unfilled = objects::fill(snapshot);
    unfilled.extend(answers::fill(snapshot));
    unfilled
}

/// The manifests that are to be kept applied, whichever Subjects the snapshot is of and whatever the
/// API server has refused.
pub fn desired(snapshot: &ClusterSnapshot) -> Manifests {
    let mut whole = snapshot.clone();
    whole.only.clear();
    let known = render::desired(&whole);
    if whole.answers.is_empty() {
        return known;
    }
    whole.answers.clear();
    let mut desired = render::desired(&whole);
    desired.extend(known);
    desired
}

/// The input once an API server has taken it: what is made for a resource names its uid.
fn admitted(input: &ClusterSnapshot) -> ClusterSnapshot {
    let mut world = World::new(input.clone());
    world.admit();
    world.into_snapshot()
}
