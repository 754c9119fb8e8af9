//! What is told of a pod.

use crate::object::Object;
use serde_json::{Value, json};

/// The state of a pod and its containers. What the pod does not say is null.
pub fn pod_status(pod: &Object) -> Value {
    let containers: Vec<Value> = items(pod, "/status/containerStatuses").map(container).collect();
    let conditions: Vec<Value> = items(pod, "/status/conditions").map(condition).collect();
    json!({
        "phase": pod.at("/status/phase"),
        "ready": items(pod, "/status/conditions")
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True"),
        "restartCount": containers.iter().filter_map(|it| it["restartCount"].as_i64()).sum::<i64>(),
        "containerStatuses": containers,
        "conditions": conditions,
        "startedAt": pod.at("/status/startTime"),
    })
}

fn items<'a>(pod: &'a Object, path: &str) -> impl Iterator<Item = &'a Value> {
    pod.at(path).and_then(Value::as_array).into_iter().flatten()
}

fn container(status: &Value) -> Value {
    json!({
        "name": status.get("name"),
        "ready": status.get("ready").and_then(Value::as_bool).unwrap_or(false),
        "restartCount": status.get("restartCount").and_then(Value::as_i64).unwrap_or(0),
        "image": status.get("image"),
        "state": status.get("state"),
        "lastState": status.get("lastState"),
    })
}

fn condition(condition: &Value) -> Value {
    json!({
        "type": condition.get("type"),
        "status": condition.get("status"),
        "lastTransitionTime": condition.get("lastTransitionTime"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(status: Value) -> Object {
        let manifest = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" }, "status": status,
        });
        Object::new(manifest, "eevee-bot").unwrap()
    }

    #[test]
    fn a_pod_is_told_with_its_containers_and_conditions() {
        let status = pod_status(&pod(json!({
            "phase": "Running",
            "startTime": "2026-01-02T03:04:05Z",
            "podIP": "10.0.0.1",
            "conditions": [{
                "type": "Ready", "status": "True", "message": "fine",
                "lastTransitionTime": "2026-01-02T03:04:06Z",
            }],
            "containerStatuses": [
                { "name": "module", "ready": true, "restartCount": 2, "image": "echo:1", "imageID": "x",
                  "state": { "running": { "startedAt": "2026-01-02T03:04:06Z" } },
                  "lastState": { "terminated": { "exitCode": 1 } } },
                { "name": "sidecar", "ready": false, "restartCount": 1, "image": "s:1",
                  "state": { "waiting": { "reason": "CrashLoopBackOff" } }, "lastState": {} },
            ],
        })));
        assert_eq!(
            status,
            json!({
                "phase": "Running",
                "ready": true,
                "restartCount": 3,
                "containerStatuses": [
                    { "name": "module", "ready": true, "restartCount": 2, "image": "echo:1",
                      "state": { "running": { "startedAt": "2026-01-02T03:04:06Z" } },
                      "lastState": { "terminated": { "exitCode": 1 } } },
                    { "name": "sidecar", "ready": false, "restartCount": 1, "image": "s:1",
                      "state": { "waiting": { "reason": "CrashLoopBackOff" } }, "lastState": {} },
                ],
                "conditions": [
                    { "type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T03:04:06Z" },
                ],
                "startedAt": "2026-01-02T03:04:05Z",
            })
        );
    }

    #[test]
    fn a_pod_that_was_just_made_says_nothing_yet() {
        assert_eq!(
            pod_status(&pod(json!({ "phase": "Pending" }))),
            json!({
                "phase": "Pending", "ready": false, "restartCount": 0,
                "containerStatuses": [], "conditions": [], "startedAt": null,
            })
        );
    }
}
