//! How far a Deployment has come.

use super::context::Context;
use super::status::{FIRST_AVAILABLE, live_condition, time};
use super::trouble::{condition, trouble};
use crate::crd::conditions::{reasons, types};
use crate::object::{Object, number};
use crate::snapshot::NotKnown;
use serde_json::{Map, Value};

/// What the pods of a Deployment are doing.
#[derive(Debug, PartialEq, Eq)]
pub enum Rollout {
    /// No revision was ever available.
    Creating,
    /// A revision is being rolled out.
    Updating,
    /// All wanted replicas of the current revision are available.
    Available,
    /// Somebody holds the current revision back: the message says how to go on.
    Paused(String),
    /// Somebody has to help: the message says what is wrong.
    Stuck(String),
}

/// How far the live Deployment has come. `changing` is whether this round changes it.
pub fn judge(
    context: &Context<'_>,
    live: Option<&Object>,
    replicas: i64,
    changing: bool,
) -> Result<Rollout, NotKnown> {
    let was_available = first_available(context).is_some();
    let Some(live) = live else {
        return Ok(if was_available { Rollout::Updating } else { Rollout::Creating });
    };
    // One that is being deleted is not what is wanted, however many of its pods still run.
    if !live.is_being_deleted() {
        let told = if !changing && is_observed(live.value()) {
            outcome(context, live, replicas)?
        } else {
            paused(live).filter(|_| changing || was_paused(context)).map(Rollout::Paused)
        };
        if let Some(told) = told {
            return Ok(told);
        }
    }
    let any_available = live.number("/status/availableReplicas").unwrap_or(0) > 0;
    Ok(if was_available || any_available || has_completed(live) {
        Rollout::Updating
    } else {
        Rollout::Creating
    })
}

/// What a Deployment that its controller has looked at has come to. None while it moves.
fn outcome(
    context: &Context<'_>,
    live: &Object,
    replicas: i64,
) -> Result<Option<Rollout>, NotKnown> {
    let paused = paused(live);
    // What is held back may be the very cure of what troubles the former revision.
    if let Some(paused) = paused.clone().filter(|_| runs_former_pods(live)) {
        return Ok(Some(Rollout::Paused(paused)));
    }
    let is_available = is_available(live.value(), replicas);
    Ok(match (trouble(context, live, is_available)?, paused) {
        (Some(trouble), None) => Some(Rollout::Stuck(trouble)),
        (Some(trouble), Some(paused)) => Some(Rollout::Stuck(format!("{trouble}; {paused}"))),
        (None, _) if is_available => Some(Rollout::Available),
        (None, Some(paused)) if count(live.value(), "replicas") == 0 => {
            Some(Rollout::Paused(paused))
        }
        (None, _) => None,
    })
}

/// Whether all wanted replicas of a Deployment's current revision, and no others, are available.
pub fn is_available(live: &Value, replicas: i64) -> bool {
    is_observed(live)
        && count(live, "updatedReplicas") == replicas
        && count(live, "replicas") == replicas
        && count(live, "availableReplicas") >= replicas
}

/// Whether no pods are wanted and there are none, those apart that are being deleted.
pub fn is_at_rest(live: &Object) -> bool {
    let live = live.value();
    number(live, "/spec/replicas") == Some(0) && is_observed(live) && count(live, "replicas") == 0
}

/// That nothing is rolled out, and how to go on, where somebody has paused a Deployment. The field
/// is the user's: it is never changed.
pub fn paused(live: &Object) -> Option<String> {
    let is_paused = live.at("/spec/paused").and_then(Value::as_bool) == Some(true);
    let at = live.reference();
    is_paused.then(|| {
        format!(
            "{at} {IS_PAUSED}: run kubectl rollout resume deployment/{} -n {}",
            at.name, at.namespace
        )
    })
}

const IS_PAUSED: &str = "is paused and rolls nothing out";

/// Whether a message of Ready tells that a Deployment is paused.
pub fn tells_of_pause(message: &str) -> bool {
    message.contains(IS_PAUSED)
}

/// Whether the status says that a change waits: it still does when its Deployment's controller has
/// not looked yet.
fn was_paused(context: &Context<'_>) -> bool {
    live_condition(context.resource, types::READY)
        .is_some_and(|ready| ready["reason"] == reasons::DEPLOYMENT_PAUSED.word)
}

/// What a message about available replicas ends with.
pub fn remark(live: Option<&Object>) -> String {
    live.and_then(paused).map(|paused| format!("; {paused}")).unwrap_or_default()
}

fn is_observed(live: &Value) -> bool {
    number(live, "/status/observedGeneration") >= number(live, "/metadata/generation")
}

fn runs_former_pods(live: &Object) -> bool {
    let live = live.value();
    count(live, "updatedReplicas") < count(live, "replicas")
}

fn count(live: &Value, field: &str) -> i64 {
    live.get("status").and_then(|status| status.get(field)?.as_i64()).unwrap_or(0)
}

/// Carries on when the resource was first available. It is never forgotten, so that a crash between
/// two writes makes no difference.
pub fn remember(
    context: &Context<'_>,
    progress: Option<&Rollout>,
    fields: &mut Map<String, Value>,
) {
    let since = first_available(context).cloned().or_else(|| {
        (progress == Some(&Rollout::Available)).then(|| time(context.source.now()).into())
    });
    if let Some(since) = since {
        fields.insert(FIRST_AVAILABLE.to_owned(), since);
    }
}

fn first_available<'a>(context: &Context<'a>) -> Option<&'a Value> {
    context.resource.at("/status")?.get(FIRST_AVAILABLE).filter(|since| since.is_string())
}

fn has_completed(live: &Object) -> bool {
    condition(live, "Progressing", "True")
        .is_some_and(|progressing| progressing["reason"] == "NewReplicaSetAvailable")
}
