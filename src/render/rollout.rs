//! How far a Deployment has come.

use super::context::Context;
use super::meta;
use super::status::{FIRST_AVAILABLE, time};
use crate::object::{Kind, Object};
use crate::snapshot::NotKnown;
use serde_json::{Map, Value};

/// What the pods of a Deployment are doing.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    /// No revision was ever available.
    Creating,
    /// A revision is being rolled out.
    Updating,
    /// All wanted replicas of the current revision are available.
    Available,
    /// Somebody has to help: the message says what is wrong.
    Stuck(String),
}

/// How far the live Deployment has come. `changing` is whether this round changes it.
pub fn judge(
    context: &Context<'_>,
    live: Option<&Object>,
    replicas: i64,
    changing: bool,
) -> Result<Progress, NotKnown> {
    let was_available = first_available(context).is_some();
    let Some(live) = live else {
        return Ok(if was_available { Progress::Updating } else { Progress::Creating });
    };
    let seen = live.number("/status/observedGeneration") >= live.generation();
    // One that is on its way out is not what is wanted, however many of its pods still run.
    if seen && !changing && !live.is_being_deleted() {
        if let Some(trouble) = trouble(context, live)? {
            return Ok(Progress::Stuck(trouble));
        }
        if is_available(live, replicas) {
            return Ok(Progress::Available);
        }
    }
    let any_available = live.number("/status/availableReplicas").unwrap_or(0) > 0;
    Ok(if was_available || any_available || has_completed(live) {
        Progress::Updating
    } else {
        Progress::Creating
    })
}

/// Whether all wanted replicas of the current revision, and no others, are available.
pub fn is_available(live: &Object, replicas: i64) -> bool {
    let count = |field: &str| live.number(&format!("/status/{field}")).unwrap_or(0);
    live.number("/status/observedGeneration") >= live.generation()
        && count("updatedReplicas") == replicas
        && count("replicas") == replicas
        && count("availableReplicas") >= replicas
}

/// Carries on when the resource was first available. It is never forgotten, so that a crash between
/// two writes makes no difference.
pub fn remember(
    context: &Context<'_>,
    progress: Option<&Progress>,
    fields: &mut Map<String, Value>,
) {
    let since = first_available(context).cloned().or_else(|| {
        (progress == Some(&Progress::Available)).then(|| time(context.snapshot.now).into())
    });
    if let Some(since) = since {
        fields.insert(FIRST_AVAILABLE.to_owned(), since);
    }
}

fn first_available<'a>(context: &Context<'a>) -> Option<&'a Value> {
    context.resource.at("/status")?.get(FIRST_AVAILABLE).filter(|since| since.is_string())
}

fn has_completed(live: &Object) -> bool {
    deployment_condition(live, "Progressing")
        .is_some_and(|progressing| progressing["reason"] == "NewReplicaSetAvailable")
}

/// Why the current revision cannot become available without help.
fn trouble(context: &Context<'_>, live: &Object) -> Result<Option<String>, NotKnown> {
    for pod in current_pods(context, live)? {
        if let Some(trouble) = pod_trouble(pod) {
            return Ok(Some(format!("pod {}: {trouble}", pod.reference().name)));
        }
    }
    let failed = deployment_condition(live, "Progressing")
        .filter(|progressing| progressing["status"] == "False");
    // Where pods cannot be made at all (a quota, an admission webhook) this condition says why.
    let cause =
        deployment_condition(live, "ReplicaFailure").filter(|failure| failure["status"] == "True");
    Ok(failed.map(|failed| {
        let failed = cause.unwrap_or(failed);
        let reason = failed["reason"].as_str().unwrap_or("Progressing is False");
        format!("{reason}: {}", failed["message"].as_str().unwrap_or_default())
    }))
}

fn deployment_condition<'a>(live: &'a Object, kind: &str) -> Option<&'a Value> {
    let conditions = live.at("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition["type"] == kind)
}

/// The pods of the ReplicaSet that carries the Deployment's revision.
fn current_pods<'a>(context: &Context<'a>, live: &Object) -> Result<Vec<&'a Object>, NotKnown> {
    let revision = live.annotation(meta::REVISION);
    let mut pods = Vec::new();
    let Some(uid) = live.uid() else { return Ok(pods) };
    for replica_set in context.snapshot.owned_by(uid, Kind::ReplicaSet)? {
        if replica_set.annotation(meta::REVISION) != revision {
            continue;
        }
        let Some(uid) = replica_set.uid() else { continue };
        let owned = context.snapshot.owned_by(uid, Kind::Pod)?;
        pods.extend(owned.map(AsRef::as_ref).filter(|pod: &&Object| !pod.is_being_deleted()));
    }
    Ok(pods)
}

/// Reasons of a waiting container that are part of every start.
const STARTING: [&str; 2] = ["ContainerCreating", "PodInitializing"];

fn pod_trouble(pod: &Object) -> Option<String> {
    let containers = ["/status/initContainerStatuses", "/status/containerStatuses"]
        .into_iter()
        .filter_map(|list| pod.at(list)?.as_array())
        .flatten();
    for container in containers {
        let Some(waiting) = container.pointer("/state/waiting") else { continue };
        let reason = waiting["reason"].as_str().unwrap_or_default();
        if !reason.is_empty() && !STARTING.contains(&reason) {
            let name = container["name"].as_str().unwrap_or_default();
            let message = waiting["message"].as_str().unwrap_or_default();
            return Some(sentence(&format!("container {name} waits with {reason}"), message));
        }
    }
    let conditions = pod.at("/status/conditions")?.as_array()?;
    let unscheduled = conditions.iter().find(|condition| {
        condition["type"] == "PodScheduled" && condition["reason"] == "Unschedulable"
    })?;
    Some(sentence("Unschedulable", unscheduled["message"].as_str().unwrap_or_default()))
}

fn sentence(what: &str, why: &str) -> String {
    if why.is_empty() { what.to_owned() } else { format!("{what}: {why}") }
}
