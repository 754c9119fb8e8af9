//! Which pods use a claim, by a list that no cache has a part in: caches hold pods with our label, and
//! anybody may mount a claim.

use crate::object::ObjectRef;
use crate::shell::pages;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::{Pod, PodStatus};
use kube::{Api, Client, ResourceExt};

/// A pod that is to have ended so long ago is not seen to by its node.
const OVERDUE: SignedDuration = SignedDuration::from_secs(60);
/// Reasons that stand on a pod once its node was given up.
const LOST: [&str; 3] = ["NodeLost", "NodeStatusUnknown", "DeletionByTaintManager"];

/// The pods that use a claim, by name, and what keeps those from going that a person must see to.
///
/// # Errors
/// Why they could not be listed.
pub async fn of(client: &Client, claim: &ObjectRef) -> Result<Vec<String>, String> {
    let api: Api<Pod> = Api::namespaced(client.clone(), &claim.namespace);
    let mut users = Vec::new();
    let take = |pod: Pod| {
        if uses(&pod, &claim.name) {
            users.push(told(&pod, Timestamp::now()));
        }
    };
    pages::each(&api, None, take).await.map_err(|why| format!("cannot list pods: {why}"))?;
    users.sort();
    Ok(users)
}

/// Whether a pod that has not ended mounts a claim, or is to.
fn uses(pod: &Pod, claim: &str) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    let volumes = pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten());
    let mut claims = volumes.filter_map(|volume| volume.persistent_volume_claim.as_ref());
    !matches!(phase, Some("Succeeded" | "Failed")) && claims.any(|it| it.claim_name == claim)
}

fn told(pod: &Pod, now: Timestamp) -> String {
    let name = pod.name_any();
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    match node {
        Some(node) if is_lost(pod, now) => format!("{name} (its node {node} does not answer)"),
        _ => name,
    }
}

/// Whether nobody sees to it that a pod ends.
fn is_lost(pod: &Pod, now: Timestamp) -> bool {
    let ends = pod.metadata.deletion_timestamp.as_ref();
    ends.is_some_and(|ends| now.duration_since(ends.0) > OVERDUE)
        || pod.status.as_ref().is_some_and(is_given_up)
}

fn is_given_up(status: &PodStatus) -> bool {
    let conditions = status.conditions.iter().flatten();
    let reasons = conditions.filter_map(|condition| condition.reason.as_deref());
    reasons.chain(status.reason.as_deref()).any(|reason| LOST.contains(&reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pod(also: &Value) -> Pod {
        let claim =
            |name: &str| json!({ "name": name, "persistentVolumeClaim": { "claimName": name } });
        let mut pod = json!({
            "metadata": { "name": "echo-1" },
            "spec": { "containers": [], "nodeName": "n", "volumes": [
                { "name": "tmp", "emptyDir": {} }, claim("other"), claim("data"),
            ] },
            "status": { "phase": "Running" },
        });
        merge(&mut pod, also);
        serde_json::from_value(pod).expect("a pod")
    }

    fn merge(into: &mut Value, also: &Value) {
        match (into, also) {
            (Value::Object(into), Value::Object(also)) => {
                also.iter().for_each(|(key, value)| {
                    merge(into.entry(key.as_str()).or_insert(Value::Null), value);
                });
            }
            (into, also) => *into = also.clone(),
        }
    }

    #[test]
    fn whoever_mounts_the_claim_uses_it_until_it_has_ended() {
        assert!(uses(&pod(&json!({})), "data") && !uses(&pod(&json!({})), "dat"));
        for (phase, expected) in
            [("Pending", true), ("Unknown", true), ("Succeeded", false), ("Failed", false)]
        {
            assert_eq!(uses(&pod(&json!({ "status": { "phase": phase } })), "data"), expected);
        }
        assert!(!uses(&Pod::default(), "data"));
    }

    #[test]
    fn one_whom_nobody_sees_to_is_told_with_its_node() {
        let now: Timestamp = "2026-01-01T00:05:00Z".parse().expect("a time");
        let condition = |kind: &str, reason: &str| json!({ "status": { "conditions": [{ "type": kind, "status": "False", "reason": reason }] } });
        for (also, is_lost) in [
            (json!({}), false),
            (json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:04:30Z" } }), false),
            (json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:03:30Z" } }), true),
            (json!({ "status": { "reason": "NodeLost" } }), true),
            (condition("Ready", "NodeStatusUnknown"), true),
            (condition("DisruptionTarget", "DeletionByTaintManager"), true),
            (condition("Ready", "ContainersNotReady"), false),
        ] {
            let expected = if is_lost { "echo-1 (its node n does not answer)" } else { "echo-1" };
            assert_eq!(told(&pod(&also), now), expected, "{also}");
        }
    }
}
