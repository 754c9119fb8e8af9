//! What an object says.

use serde_json::Value;

/// A text somewhere in an object; empty where there is none.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// The image of a Deployment's first container.
pub fn image(deployment: &Value) -> &str {
    text(deployment, "/spec/template/spec/containers/0/image")
}

/// The condition of that type.
pub fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    let conditions = object.pointer("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition["type"] == kind)
}

/// The message of a condition.
pub fn message<'a>(object: &'a Value, kind: &str) -> &'a str {
    condition(object, kind).map(|found| text(found, "/message")).unwrap_or_default()
}

/// Whether a resource is Ready for this reason, as its spec says now.
pub fn is_ready(object: &Value, reason: &str) -> bool {
    let generation = &object["metadata"]["generation"];
    object["status"]["observedGeneration"] == *generation
        && condition(object, "Ready").is_some_and(|ready| {
            ready["observedGeneration"] == *generation
                && ready["status"] == "True"
                && ready["reason"] == reason
        })
}

/// Whether all pods of a Deployment are of its last template and available.
pub fn has_rolled_out(deployment: &Value) -> bool {
    let number = |pointer: &str| deployment.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let wanted = number("/spec/replicas");
    number("/status/observedGeneration") == number("/metadata/generation")
        && ["replicas", "updatedReplicas", "availableReplicas"]
            .iter()
            .all(|count| number(&format!("/status/{count}")) == wanted)
}
