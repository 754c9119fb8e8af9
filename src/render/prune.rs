//! What is owned and no longer wanted.

use super::context::Context;
use super::meta;
use super::stop::Stop;
use crate::action::{Precondition, Verb};
use crate::kinds::Kind;
use crate::object::Object;

/// The deletion of an object that this resource controls. One without a controller, or with another,
/// is left alone.
pub fn owned(context: &Context<'_>, kind: Kind, name: &str) -> Result<Option<Verb>, Stop> {
    let live = context.get(kind, name)?;
    Ok(live.filter(|live| is_ours(context, live)).map(|live| deletion(&live)))
}

/// Deletes an object that is there.
pub fn deletion(live: &Object) -> Verb {
    Verb::Delete { seen: Precondition::seen(live) }
}

fn is_ours(context: &Context<'_>, live: &Object) -> bool {
    !live.is_being_deleted()
        && live.controller().is_some_and(|owner| meta::is_same_resource(&owner, context.resource))
}
