//! Jobs that somebody else has made.

use crate::action::{Precondition, Verb};
use crate::names::{MANAGED_BY, OPERATOR};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::meta;
use crate::render::round::Round;
use crate::render::stop::Stop;
use serde_json::json;

/// Labels a Job where it has no label yet: it is not seen to change otherwise.
pub fn watch(context: &Context<'_>, round: &mut Round, job: &Object) -> Result<(), Stop> {
    if meta::is_labelled(job) {
        return Ok(());
    }
    let patch = json!({ "metadata": { "labels": { MANAGED_BY: OPERATOR } } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(job) };
    round.ask(context, job.reference().clone(), verb)
}
