//! From objects and actions to text.

use super::mask::{masked, readable};
use crate::action::{ApplyAction, Event, Precondition, Verb};
use crate::kinds::Kind;
use crate::object::ObjectRef;
use crate::yaml;
use serde_json::{Value, json};
use std::fmt::Write;

/// Objects as YAML documents.
pub fn objects_as_yaml(objects: impl Iterator<Item = Value>) -> String {
    objects.fold(String::new(), |text, manifest| text + "---\n" + &yaml::to_string(&manifest))
}

/// Objects as one JSON List.
pub fn objects_as_json(objects: impl Iterator<Item = Value>) -> String {
    let items: Vec<Value> = objects.collect();
    pretty(&json!({ "apiVersion": "v1", "kind": "List", "items": items }))
}

/// Actions as YAML documents, each under a comment that says what is done to which object, for
/// which Subject, and what the object must still be for it.
pub fn actions_as_yaml(actions: &[ApplyAction], show_secrets: bool) -> String {
    let mut text = String::new();
    for action in actions {
        let ApplyAction { subject, target, verb } = action;
        let _ = writeln!(text, "---\n# {} {target}\n# for {subject}{}", verb.name(), seen(verb));
        if let Some(body) = body(target, verb, show_secrets) {
            text.push_str(&yaml::to_string(&body));
        }
    }
    text
}

/// Actions as one JSON list.
pub fn actions_as_json(actions: &[ApplyAction], show_secrets: bool) -> String {
    let actions: Vec<Value> = actions
        .iter()
        .map(|ApplyAction { subject, target, verb }| {
            let seen = preconditions(verb);
            json!({
                "verb": verb.name(),
                "subject": subject.to_string(),
                "kind": target.kind.name(),
                "namespace": target.namespace,
                "name": target.name,
                "uid": seen.and_then(|seen| seen.uid.clone()),
                "resourceVersion": seen.and_then(|seen| seen.resource_version.clone()),
                "body": body(target, verb, show_secrets),
            })
        })
        .collect();
    pretty(&Value::from(actions))
}

fn preconditions(verb: &Verb) -> Option<&Precondition> {
    match verb {
        Verb::Create(_) | Verb::Event(_) | Verb::Ask(_) => None,
        Verb::Apply { seen, .. } => seen.as_ref(),
        Verb::Patch { seen, .. }
        | Verb::Delete { seen }
        | Verb::PatchStatus { seen, .. }
        | Verb::Status { seen, .. } => Some(seen),
    }
}

fn seen(verb: &Verb) -> String {
    let mut text = match verb {
        Verb::Apply { seen: None, .. } => ", not forced".to_owned(),
        _ => String::new(),
    };
    if let Some(Precondition { uid, resource_version }) = preconditions(verb) {
        if let Some(uid) = uid {
            let _ = write!(text, ", uid {uid}");
        }
        if let Some(version) = resource_version {
            let _ = write!(text, ", resourceVersion {version}");
        }
    }
    text
}

fn body(target: &ObjectRef, verb: &Verb, show_secrets: bool) -> Option<Value> {
    let shown = |manifest: &Value| {
        let manifest = manifest.clone();
        if show_secrets { as_text(target.kind, manifest) } else { masked(target.kind, manifest) }
    };
    match verb {
        Verb::Create(manifest) | Verb::Apply { manifest, .. } => Some(shown(manifest)),
        Verb::Patch { patch, .. } => Some(shown(patch)),
        Verb::Delete { .. } => None,
        Verb::PatchStatus { patch: status, .. } | Verb::Status { status, .. } => {
            Some(json!({ "status": status }))
        }
        Verb::Event(event) => Some(event_body(event)),
        Verb::Ask(question) => Some(json!({ "question": question.to_string() })),
    }
}

fn as_text(kind: Kind, manifest: Value) -> Value {
    if kind.is_secret() { readable(manifest) } else { manifest }
}

fn event_body(event: &Event) -> Value {
    json!({
        "name": event.name,
        "type": event.severity.as_str(),
        "reason": event.reason,
        "message": event.message,
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
