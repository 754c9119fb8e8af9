//! All that lies in a namespace, without what differs from one to the other by nature.

use crate::support::Objects;
use serde_json::{Value, json};
use similar::TextDiff;
use std::collections::BTreeMap;

/// What is compared. Pods and ReplicaSets are the cluster's own work.
const RESOURCES: [&str; 8] = [
    "botmodules",
    "configmaps",
    "deployments",
    "ipcconfigs",
    "persistentvolumeclaims",
    "poddisruptionbudgets",
    "secrets",
    "services",
];

pub struct Contents {
    /// By `resource/name`.
    pub objects: BTreeMap<String, Value>,
    /// What each event says, sorted.
    pub events: Vec<String>,
}

impl Contents {
    pub async fn of(objects: &Objects) -> Contents {
        let mut contents = BTreeMap::new();
        for resource in RESOURCES {
            for object in objects.list(resource).await {
                let key =
                    format!("{resource}/{}", object["metadata"]["name"].as_str().expect("a name"));
                contents.insert(key, comparable(resource, object, objects.namespace()));
            }
        }
        let events = objects.list("events").await.into_iter();
        let events = events.filter(|event| event["reportingComponent"] == "eevee-operator");
        let mut events: Vec<String> = events
            .map(|event| {
                let about = event["involvedObject"]["name"].as_str().expect("a name");
                let text = format!("{about}: {} {}", event["reason"], event["message"]);
                text.replace(objects.namespace(), "NS")
            })
            .collect();
        events.sort();
        Contents { objects: contents, events }
    }

    /// What is not as in another namespace, as a diff.
    pub fn differences(&self, other: &Contents) -> String {
        let text = |of: &Contents| serde_json::to_string_pretty(&of.objects).expect("JSON");
        let (is, should_be) = (text(self), text(other));
        TextDiff::from_lines(&should_be, &is).unified_diff().context_radius(12).to_string()
    }
}

fn comparable(resource: &str, mut object: Value, namespace: &str) -> Value {
    let managers = managers(&object["metadata"]["managedFields"]);
    let metadata = object["metadata"].as_object_mut().expect("metadata");
    for field in ["creationTimestamp", "managedFields", "resourceVersion", "uid"] {
        metadata.remove(field);
    }
    metadata.insert("managers".to_owned(), managers);
    match resource {
        "secrets" => object["data"]
            .as_object_mut()
            .into_iter()
            .flatten()
            .for_each(|(_, value)| *value = json!("…")),
        // The cluster's own work.
        "deployments" => object["status"] = Value::Null,
        "services" => {
            let spec = object["spec"].as_object_mut().expect("a spec");
            spec.retain(|field, _| !field.starts_with("clusterIP"));
        }
        _ => {}
    }
    scrub(&mut object, namespace);
    object
}

/// Who has written with which operation. Their times and fields differ with the order of the work.
fn managers(fields: &Value) -> Value {
    let entry = |entry: &Value| {
        format!("{} {} {}", entry["manager"], entry["operation"], entry["subresource"])
    };
    let mut managers: Vec<String> = fields.as_array().into_iter().flatten().map(entry).collect();
    managers.sort();
    json!(managers)
}

/// Puts one word for every uid, time and digest.
fn scrub(value: &mut Value, namespace: &str) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| scrub(value, namespace)),
        Value::Array(items) => items.iter_mut().for_each(|value| scrub(value, namespace)),
        Value::String(text) => {
            *text = text.replace(namespace, "NS");
            let is_hex = text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
            if is_hex && text.len() >= 32 || text.parse::<jiff::Timestamp>().is_ok() {
                "…".clone_into(text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
