//! Whether a server that runs is about to be replaced.

use super::build;
use super::validate::ValidIpcConfig;
use crate::names;
use crate::object::Object;
use crate::render::context::Context;
use crate::render::desired::{Desired, NextStep};
use crate::render::rollout;
use crate::render::stop::Stop;

/// Whether a server runs that a new one is to take the place of, whatever its token. Should the new
/// one never start, the one that runs goes on serving, and knows the token that it started with.
pub fn is_being_replaced(context: &Context<'_>, nats: &ValidIpcConfig) -> Result<bool, Stop> {
    let Some(live) = context.live_workload()?.filter(|live| serves(live)) else {
        return Ok(false);
    };
    let annotations = live.at("/spec/template/metadata/annotations");
    let started_with = |digest| {
        let digest = annotations.and_then(|annotations| annotations.get(digest)?.as_str());
        digest.unwrap_or_default().to_owned()
    };
    let digests = build::StartDigests {
        config: started_with(names::CONFIG_HASH),
        token: started_with(names::TOKEN_DIGEST),
    };
    let deployment = build::deployment(context, nats, digests);
    let next = Desired::new(live.reference().clone(), &deployment).next(context)?;
    let changes = matches!(next, NextStep::Change(change) if change.sets_spec(&live));
    Ok(changes || !rollout::is_available(live.value(), i64::from(nats.managed.replicas)))
}

fn serves(live: &Object) -> bool {
    live.number("/status/availableReplicas").unwrap_or(0) > 0
}
