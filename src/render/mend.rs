//! A status that nobody can write is mended before anything else is said or done.

use super::context::Context;
use crate::action::{ApplyAction, Precondition, Verb};
use crate::fields::legible;

/// The API server has refused the patch, and as long as that stands no status can be written.
pub struct Refused;

/// The one patch that a live status needs before anything else, if it needs one.
///
/// # Errors
/// [`Refused`].
pub fn mend(context: &Context<'_>) -> Result<Option<ApplyAction>, Refused> {
    let resource = context.resource;
    let target = resource.reference();
    let mending = resource.at("/status").and_then(|it| legible::mending(target.kind.name(), it));
    // Where the CRDs are those of old, what is written instead would be no better.
    let Some(mending) = mending.filter(|_| !context.is_status_lost()) else { return Ok(None) };
    let seen = Precondition::seen(resource);
    let verb = Verb::PatchStatus { patch: mending.patch, seen };
    let patch = context.action(target.clone(), verb);
    if context.answer_to(&patch).is_some() {
        return Err(Refused);
    }
    Ok(Some(patch))
}
