//! The pods of a Job, and what their statuses tell of their containers.

use crate::backup::Said;
use crate::kinds::Kind;
use crate::object::Object;
use crate::render::context::Context;
use crate::snapshot::NotKnown;
use serde_json::Value;
use std::sync::Arc;

/// The pods of a Job that are there.
pub fn of_job(context: &Context<'_>, job: &Object) -> Result<Vec<Arc<Object>>, NotKnown> {
    match job.uid() {
        Some(uid) => context.source.owned_by(uid, Kind::Pod),
        None => Ok(Vec::new()),
    }
}

/// The statuses of a pod's containers, as far as the kubelet has told of them.
pub fn containers(pod: &Object) -> impl Iterator<Item = &Value> {
    pod.at("/status/containerStatuses").and_then(Value::as_array).into_iter().flatten()
}

/// How the containers of a pod ended that had run, the last time first.
pub fn terminations(pod: &Object) -> impl Iterator<Item = &Value> {
    containers(pod).flat_map(|container| {
        ["/state/terminated", "/lastState/terminated"]
            .into_iter()
            .filter_map(|path| container.pointer(path))
            .filter(|terminated| has_started(terminated))
    })
}

/// Whether a container runs, or ran when its node was last heard of.
pub fn runs(pod: &Object) -> bool {
    containers(pod).any(|it| it.pointer("/state/running").is_some_and(Value::is_object))
}

/// Whether a container may have run. The kubelet says of one that waits that it does not.
pub fn may_have_run(pod: &Object) -> bool {
    let is_told = containers(pod).next().is_some();
    if is_told {
        runs(pod) || terminations(pod).next().is_some()
    } else {
        pod.text("/status/phase") != Some("Pending")
    }
}

/// The last words of a container that has ended.
pub fn said(terminated: &Value) -> Option<Said> {
    Said::read(terminated.get("message")?.as_str()?)
}

/// Kubernetes gives the beginning of time to a container that could not be started.
fn has_started(terminated: &Value) -> bool {
    let started = terminated.get("startedAt").and_then(Value::as_str);
    started.is_some_and(|time| !time.starts_with("1970-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(status: Value) -> Object {
        let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "status": status });
        Object::new(pod, "bots").expect("a pod")
    }

    #[test]
    fn a_container_that_could_not_be_started_has_not_run() {
        let never = json!({ "reason": "StartError", "startedAt": "1970-01-01T00:00:00Z" });
        let once = json!({ "reason": "Error", "startedAt": "2026-01-02T03:04:05Z" });
        for (status, expected) in [
            (json!({ "phase": "Pending" }), false),
            (json!({ "phase": "Failed" }), true),
            (json!({ "containerStatuses": [{ "state": { "waiting": {} } }] }), false),
            (json!({ "containerStatuses": [{ "state": { "running": {} } }] }), true),
            (json!({ "containerStatuses": [{ "state": { "terminated": never } }] }), false),
            (json!({ "containerStatuses": [{ "state": { "terminated": once } }] }), true),
            (
                json!({ "containerStatuses": [{ "state": {}, "lastState": { "terminated": never } }] }),
                false,
            ),
            (
                json!({ "containerStatuses": [{ "state": {}, "lastState": { "terminated": once } }] }),
                true,
            ),
        ] {
            assert_eq!(may_have_run(&pod(status.clone())), expected, "{status}");
        }
    }
}
