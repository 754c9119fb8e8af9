//! The only writer: one ApplyAction, one request.

use super::kinds;
use super::request::{RequestFailure, send, urls};
use crate::action::{ApplyAction, Event, Precondition, Verb};
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::snapshot::ServedKinds;
use jiff::Timestamp;
use kube::Client;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::Request as Urls;
use serde_json::{Value, json};

/// Sends what an action asks for.
///
/// Gives the object as it is now, where the answer holds it: that of a deletion does when somebody
/// has to be done with the object first, and that of an event never does.
pub async fn perform(
    client: &Client,
    action: &ApplyAction,
    served: &ServedKinds,
    instance: &str,
) -> Result<Option<Object>, RequestFailure> {
    let target = &action.target;
    let urls = urls(target.kind, &target.namespace);
    let request = match &action.verb {
        Verb::Create(manifest) => urls.create(&posted(), body(manifest)),
        Verb::Apply { manifest, seen } => {
            let manifest = with_seen(manifest.clone(), seen.as_ref());
            let params = PatchParams { force: seen.is_some(), ..patched(names::OPERATOR) };
            urls.patch(&target.name, &params, &Patch::Apply(&manifest))
        }
        Verb::Patch { patch, seen } => {
            let patch = with_seen(patch.clone(), Some(seen));
            urls.patch(&target.name, &patched(names::OPERATOR), &Patch::Merge(&patch))
        }
        Verb::Delete { seen } => urls.delete(&target.name, &deletion(seen)),
        Verb::PatchStatus { patch, seen } => {
            let patch = with_seen(json!({ "status": patch }), Some(seen));
            let params = patched(names::STATUS_MANAGER);
            urls.patch_subresource("status", &target.name, &params, &Patch::Merge(&patch))
        }
        Verb::Status { status, seen } => {
            let status = with_seen(status_manifest(target, status, served), Some(seen));
            let params = PatchParams { force: true, ..patched(names::STATUS_MANAGER) };
            urls.patch_subresource("status", &target.name, &params, &Patch::Apply(&status))
        }
        Verb::Event(event) => {
            let event = event_manifest(target, event, served, instance, Timestamp::now());
            Urls::new(format!("/apis/events.k8s.io/v1/namespaces/{}/events", target.namespace))
                .create(&posted(), body(&event))
        }
        // It is no request to the API server.
        Verb::Ask(_) => return Ok(None),
    };
    let answer = send(client, request).await?;
    Ok(kinds::object(answer, target.kind, served))
}

/// What an action wants to see in the answer, where it wants anything.
pub fn asked(action: &ApplyAction) -> Option<&Value> {
    match &action.verb {
        Verb::Create(manifest) | Verb::Apply { manifest, .. } => Some(manifest),
        Verb::Patch { patch, .. } => Some(patch),
        Verb::Delete { .. }
        | Verb::PatchStatus { .. }
        | Verb::Status { .. }
        | Verb::Event(_)
        | Verb::Ask(_) => None,
    }
}

fn posted() -> PostParams {
    PostParams { field_manager: Some(names::OPERATOR.to_owned()), ..PostParams::default() }
}

fn patched(manager: &str) -> PatchParams {
    PatchParams { field_manager: Some(manager.to_owned()), ..PatchParams::default() }
}

fn deletion(seen: &Precondition) -> DeleteParams {
    let Precondition { uid, resource_version } = seen.clone();
    DeleteParams {
        preconditions: Some(Preconditions { uid, resource_version }),
        ..DeleteParams::background()
    }
}

fn body(manifest: &Value) -> Vec<u8> {
    manifest.to_string().into_bytes()
}

/// The same request, refused by the API server when the object is in another state than it was
/// seen in.
fn with_seen(mut manifest: Value, seen: Option<&Precondition>) -> Value {
    let Some(Precondition { uid, resource_version }) = seen else { return manifest };
    for (field, value) in [("uid", uid), ("resourceVersion", resource_version)] {
        if let Some(value) = value {
            manifest["metadata"][field] = value.as_str().into();
        }
    }
    manifest
}

fn status_manifest(target: &ObjectRef, status: &Value, served: &ServedKinds) -> Value {
    json!({
        "apiVersion": target.kind.api_version(),
        "kind": served.name(target.kind),
        "metadata": { "name": target.name, "namespace": target.namespace },
        "status": status,
    })
}

/// An Event of group events.k8s.io.
fn event_manifest(
    about: &ObjectRef,
    event: &Event,
    served: &ServedKinds,
    instance: &str,
    now: Timestamp,
) -> Value {
    let kind: Kind = about.kind;
    json!({
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": { "name": event.name, "namespace": about.namespace },
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        "reportingController": names::OPERATOR,
        "reportingInstance": instance,
        "action": "Reconcile",
        "type": event.severity.as_str(),
        "reason": event.reason,
        "note": event.message,
        "regarding": {
            "apiVersion": kind.api_version(),
            "kind": served.name(kind),
            "namespace": about.namespace,
            "name": about.name,
            "uid": event.regarding_uid,
        },
    })
}
