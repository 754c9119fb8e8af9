//! What the API server refuses, as far as render depends on it. The messages are those of
//! Kubernetes 1.36.

use super::rejection::Rejection;
use crate::fields::quantity;
use crate::kinds::Kind;
use crate::object::ObjectRef;
use base64::Engine;
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether an object may be written over the live one.
///
/// # Errors
/// 422, or 400 for data of a Secret that is not base64, whatever the verb. A real API server
/// answers 400 to POST, 422 to a merge patch and 500 to server-side apply there.
pub(super) fn check(
    target: &ObjectRef,
    live: Option<&Value>,
    object: &Value,
) -> Result<(), Rejection> {
    let refusal = owners(object).or_else(|| match target.kind {
        Kind::Deployment => deployment(live, object),
        Kind::PersistentVolumeClaim => live.and_then(|live| claim(live, object)),
        Kind::Service => live.and_then(|live| address(live, object)),
        Kind::Job => live.and_then(|live| job(live, object)),
        Kind::CronJob => cron_job(&target.name),
        Kind::Secret | Kind::ConfigMap => live.and_then(|live| frozen(live, object)),
        _ => None,
    });
    match refusal {
        Some(why) => Err(Rejection::invalid(target, &why)),
        None if target.kind.is_secret() => encoded(target, object),
        None => Ok(()),
    }
}

fn owners(object: &Value) -> Option<String> {
    let owners = object.pointer("/metadata/ownerReferences").and_then(Value::as_array)?;
    let is_controller = |owner: &&Value| owner.get("controller") == Some(&Value::Bool(true));
    (owners.iter().filter(is_controller).count() > 1).then(|| {
        "metadata.ownerReferences: Only one reference can have Controller set to true".to_owned()
    })
}

fn deployment(live: Option<&Value>, object: &Value) -> Option<String> {
    let at = |pointer: &str| object.pointer(pointer);
    if live.is_some_and(|live| live.pointer("/spec/selector") != at("/spec/selector")) {
        return Some("spec.selector: Invalid value: field is immutable".to_owned());
    }
    let labels = at("/spec/template/metadata/labels");
    let selected = at("/spec/selector/matchLabels").and_then(Value::as_object);
    let is_missing =
        |(key, value): (&String, &Value)| labels.and_then(|l| l.get(key)) != Some(value);
    if selected.into_iter().flatten().any(is_missing) {
        let place = "spec.template.metadata.labels: Invalid value";
        return Some(format!("{place}: `selector` does not match template `labels`"));
    }
    let kind = at("/spec/strategy/type").and_then(Value::as_str);
    if kind == Some("Recreate") && at("/spec/strategy/rollingUpdate").is_some() {
        return Some("spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'".to_owned());
    }
    let containers = at("/spec/template/spec/containers").and_then(Value::as_array);
    let mut names = BTreeSet::new();
    for name in containers.into_iter().flatten().filter_map(|container| container.get("name")) {
        if !names.insert(name.to_string()) {
            return Some(format!("spec.template.spec.containers.name: Duplicate value: {name}"));
        }
    }
    None
}

fn job(live: &Value, object: &Value) -> Option<String> {
    let template = "/spec/template";
    (live.pointer(template) != object.pointer(template))
        .then(|| "spec.template: Invalid value: field is immutable".to_owned())
}

fn cron_job(name: &str) -> Option<String> {
    let why = "metadata.name: Invalid value: must be no more than 52 characters";
    (name.len() > 52).then(|| why.to_owned())
}

/// Whether a class lets its claims grow cannot be seen here: it always does.
fn claim(live: &Value, object: &Value) -> Option<String> {
    let size = "/spec/resources/requests/storage";
    let amount = |value: &Value, pointer: &str| value.pointer(pointer).and_then(quantity::of);
    let (old, new) = (amount(live, size), amount(object, size));
    let is_bound = live.pointer("/status/phase").and_then(Value::as_str) == Some("Bound");
    let is_other = rest_of_claim(live) != rest_of_claim(object);
    if is_other || old != new && !is_bound {
        return Some("spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims".to_owned());
    }
    let held = amount(live, "/status/capacity/storage").or(old);
    (old != new && new < held).then(|| {
        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"
            .to_owned()
    })
}

/// The spec of a claim without what may change.
fn rest_of_claim(claim: &Value) -> Value {
    let mut spec = claim.get("spec").cloned().unwrap_or(Value::Null);
    if let Some(requests) = spec.pointer_mut("/resources/requests").and_then(Value::as_object_mut) {
        requests.remove("storage");
    }
    if let Some(fields) = spec.as_object_mut() {
        fields.remove("volumeAttributesClassName");
        // Snapshots written by hand lack the default.
        fields.entry("volumeMode").or_insert_with(|| Value::from("Filesystem"));
    }
    spec
}

fn address(live: &Value, object: &Value) -> Option<String> {
    let old = live.pointer("/spec/clusterIP").filter(|old| old.as_str() != Some(""))?;
    (object.pointer("/spec/clusterIP") != Some(old))
        .then(|| "spec.clusterIPs[0]: Invalid value: may not change once set".to_owned())
}

/// Secrets and ConfigMaps that are immutable, and the type of a Secret.
fn frozen(live: &Value, object: &Value) -> Option<String> {
    let is_frozen = live.get("immutable") == Some(&Value::Bool(true));
    let fields: &[&str] = if is_frozen { &["immutable", "data", "binaryData"] } else { &[] };
    let changed = fields.iter().find(|field| live.get(**field) != object.get(**field));
    if let Some(field) = changed {
        return Some(format!("{field}: Forbidden: field is immutable when `immutable` is set"));
    }
    let old = live.get("type")?;
    (object.get("type") != Some(old)).then(|| "type: Invalid value: field is immutable".to_owned())
}

fn encoded(target: &ObjectRef, object: &Value) -> Result<(), Rejection> {
    let data = object.get("data").and_then(Value::as_object);
    let is_encoded = |value: &Value| {
        let engine = base64::engine::general_purpose::STANDARD;
        value.as_str().is_some_and(|text| engine.decode(text).is_ok())
    };
    match data.into_iter().flatten().find(|(_, value)| !is_encoded(value)) {
        Some((key, _)) => {
            Err(Rejection::BadRequest(format!("{target}: data[{key}] is illegal base64 data")))
        }
        None => Ok(()),
    }
}
