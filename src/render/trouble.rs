//! What keeps the pods of a Deployment from becoming available.

use super::context::Context;
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::snapshot::NotKnown;
use serde_json::Value;
use std::sync::Arc;

/// Why the current revision cannot become available without help, and whether the former one goes
/// on serving meanwhile.
pub fn trouble(
    context: &Context<'_>,
    live: &Object,
    is_available: bool,
) -> Result<Option<String>, NotKnown> {
    let revisions = Revisions::of(context, live)?;
    let in_a_pod = revisions
        .current_pods
        .iter()
        .find_map(|pod| Some(format!("pod {}: {}", pod.reference().name, pod_trouble(pod)?)));
    // What is complete lacks no pod, whatever an older condition says.
    let failure = || revisions.failure(live).filter(|_| !is_available);
    let stopped = || condition(live, "Progressing", "False");
    let trouble = in_a_pod.or_else(|| failure().or_else(stopped).map(words));
    let remark = if revisions.former_serves { "; the former revision goes on serving" } else { "" };
    Ok(trouble.map(|trouble| trouble + remark))
}

fn words(condition: &Value) -> String {
    let reason = condition["reason"].as_str().unwrap_or("Progressing is False");
    format!("{reason}: {}", condition["message"].as_str().unwrap_or_default())
}

/// A condition with a status, of what the cluster's own controllers look after.
pub fn condition<'a>(object: &'a Object, kind: &str, status: &str) -> Option<&'a Value> {
    let conditions = object.at("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition["type"] == kind && condition["status"] == status)
}

/// The ReplicaSets of a Deployment, and their pods: of its current revision, and of former ones.
#[derive(Default)]
struct Revisions {
    current: Option<Arc<Object>>,
    current_pods: Vec<Arc<Object>>,
    former: bool,
    former_serves: bool,
}

impl Revisions {
    fn of(context: &Context<'_>, live: &Object) -> Result<Self, NotKnown> {
        let mut revisions = Self::default();
        let Some(uid) = live.uid() else { return Ok(revisions) };
        for replica_set in context.source.owned_by(uid, Kind::ReplicaSet)? {
            let Some(uid) = replica_set.uid() else { continue };
            let pods = context.source.owned_by(uid, Kind::Pod)?.into_iter();
            let mut pods = pods.filter(|pod| !pod.is_being_deleted());
            if replica_set.annotation(names::REVISION) == live.annotation(names::REVISION) {
                revisions.current_pods.extend(pods);
                revisions.current = Some(replica_set);
            } else {
                revisions.former = true;
                revisions.former_serves |=
                    pods.any(|pod| condition(&pod, "Ready", "True").is_some());
            }
        }
        Ok(revisions)
    }

    /// Why pods of the current revision cannot be made: a quota, an admission webhook. The
    /// Deployment's own condition may be about a former one.
    fn failure<'a>(&'a self, live: &'a Object) -> Option<&'a Value> {
        match &self.current {
            Some(current) => condition(current, "ReplicaFailure", "True"),
            None if self.former => None,
            None => condition(live, "ReplicaFailure", "True"),
        }
    }
}

/// Reasons of a waiting container that are part of every start.
const STARTING: [&str; 2] = ["ContainerCreating", "PodInitializing"];

/// Why a pod does not start, or does not go on.
pub fn pod_trouble(pod: &Object) -> Option<String> {
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
