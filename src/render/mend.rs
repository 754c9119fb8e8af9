//! A status that nobody can write is mended before anything else is said or done.

use super::context::Context;
use crate::action::{ApplyAction, Precondition, Verb};
use crate::fields::legible;

/// What a live status needs.
pub enum Mend {
    /// Nothing that can be done.
    Needless,
    /// This one patch. Whatever is decided on comes after it.
    First(ApplyAction),
    /// The patch that the API server has refused. As long as it stands, no status can be written.
    Refused,
}

/// Judges the live status of a resource.
pub fn mend(context: &Context<'_>) -> Mend {
    let resource = context.resource;
    let mending = resource
        .at("/status")
        .and_then(|status| legible::mending(resource.reference().kind, status));
    // Where the CRDs are those of old, what is written instead would be no better.
    let Some(mending) = mending.filter(|_| !context.is_status_lost()) else {
        return Mend::Needless;
    };
    let seen = Precondition::seen(resource);
    let verb = Verb::PatchStatus { patch: mending.patch, seen };
    let action = context.action(resource.reference().clone(), verb);
    match context.answer_to(&action) {
        None => Mend::First(action),
        Some(_) => Mend::Refused,
    }
}
