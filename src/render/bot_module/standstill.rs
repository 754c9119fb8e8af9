//! How a module is stopped, and how it comes back.

use super::fields;
use super::validate::ValidModule;
use crate::action::{Precondition, Verb};
use crate::object::Object;
use crate::render::change::{Change, Intent};
use crate::render::context::Context;
use crate::render::ready::Ready;
use crate::render::round::Round;
use crate::render::stop::Stop;
use serde_json::json;

/// Field of the status: the BackupRestore for which the module is stopped.
pub const RESTORED_BY: &str = "restoredBy";

/// Gives a Deployment another number of replicas and leaves the rest as it is.
pub fn scale(
    context: &Context<'_>,
    live: &Object,
    replicas: i64,
    round: &mut Round,
) -> Result<(), Stop> {
    if live.number("/spec/replicas") == Some(replicas) {
        return Ok(());
    }
    let patch = json!({ "spec": { "replicas": replicas } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(live) };
    let action = context.allowed(context.action(live.reference().clone(), verb))?;
    round.extend(context, action.map(|action| Change { action, intent: Intent::Update }));
    Ok(())
}

/// Whether the status still says that a module is stopped which is to run again.
pub fn is_over(context: &Context<'_>) -> bool {
    context.resource.text("/status/restoredBy").is_some()
}

/// Lets a module run again as it was, whose references are missing: nothing else is changed of it.
pub fn leave(
    context: &Context<'_>,
    module: &ValidModule,
    live: Option<&Object>,
    ready: Ready,
    round: &mut Round,
) -> Result<Stop, Stop> {
    if let Some(live) = live.filter(|live| !live.is_being_deleted()) {
        scale(context, live, i64::from(module.spec.size), round)?;
    }
    round.fields = fields(context, module, live);
    Ok(Stop::AsFar(ready))
}
