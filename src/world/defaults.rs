//! What the API server fills in, as far as render or a comparison could see it.

use crate::crd;
use crate::fields::{self, keys};
use crate::kinds::Kind;
use crate::object::ObjectRef;
use base64::Engine;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Go maps of the kinds that are built in. An empty one is left out.
const MAPS: [&str; 10] = [
    "annotations",
    "binaryData",
    "data",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "requests",
    "selector",
    "stringData",
];

/// Completes an object that is written: what is empty goes, defaults come. Does nothing the
/// second time.
pub(super) fn complete(target: &ObjectRef, live: Option<&Value>, object: &mut Value) {
    drop_nulls(object);
    if !target.kind.is_custom() {
        drop_empty(object);
    }
    match target.kind {
        Kind::Secret => secret(object),
        Kind::Deployment => deployment(object),
        Kind::Job => job(object.get_mut("spec")),
        Kind::CronJob => cron_job(object.get_mut("spec")),
        Kind::Service => service(target, live, object),
        Kind::PersistentVolumeClaim => {
            set(object.get_mut("spec"), "volumeMode", json!("Filesystem"));
            set(Some(object), "status", json!({"phase": "Pending"}));
        }
        kind if kind.is_custom() => set(Some(object), "status", crd::unobserved_status()),
        _ => {}
    }
}

/// Sets a field of a map that lacks it.
fn set(map: Option<&mut Value>, name: &str, value: Value) {
    if let Some(fields) = map.and_then(Value::as_object_mut) {
        fields.entry(name).or_insert(value);
    }
}

/// Lists keep theirs: a null there is an item.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An API server leaves out empty lists and maps, and an empty value of a variable. A struct with
/// nothing in it stays, such as `emptyDir: {}`.
fn drop_empty(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(drop_empty);
            fields.retain(|name, field| match field {
                Value::Array(items) => !items.is_empty(),
                Value::Object(inner) => !inner.is_empty() || !MAPS.contains(&name.as_str()),
                Value::String(text) => !text.is_empty() || name != "value",
                Value::Null | Value::Bool(_) | Value::Number(_) => true,
            });
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `stringData` is written into `data`.
fn secret(object: &mut Value) {
    let Some(fields) = object.as_object_mut() else { return };
    fields.entry("type").or_insert_with(|| json!("Opaque"));
    let Some(Value::Object(plain)) = fields.remove("stringData") else { return };
    let data = fields.entry("data").or_insert_with(|| Value::Object(Map::new()));
    let Some(data) = data.as_object_mut() else { return };
    for (key, text) in plain {
        let text = text.as_str().unwrap_or_default();
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        data.insert(key, Value::from(encoded));
    }
}

fn deployment(object: &mut Value) {
    fields::fill(object, &keys::WORKLOAD);
    let Some(spec) = object.get_mut("spec").filter(|spec| spec.is_object()) else { return };
    set(Some(spec), "replicas", json!(1));
    set(Some(spec), "revisionHistoryLimit", json!(10));
    set(Some(spec), "progressDeadlineSeconds", json!(600));
    set(Some(spec), "strategy", json!({}));
    strategy(spec.get_mut("strategy"));
    if let Some(template) = spec.get_mut("template") {
        self::template(template);
    }
}

fn job(spec: Option<&mut Value>) {
    let Some(spec) = spec.filter(|spec| spec.is_object()) else { return };
    set(Some(spec), "backoffLimit", json!(6));
    set(Some(spec), "completions", json!(1));
    set(Some(spec), "parallelism", json!(1));
    set(Some(spec), "suspend", json!(false));
    if let Some(template) = spec.get_mut("template") {
        self::template(template);
    }
}

/// The Jobs that it makes get their own defaults when they are made, but for those of their pods.
fn cron_job(spec: Option<&mut Value>) {
    let Some(spec) = spec.filter(|spec| spec.is_object()) else { return };
    set(Some(spec), "concurrencyPolicy", json!("Allow"));
    set(Some(spec), "suspend", json!(false));
    set(Some(spec), "successfulJobsHistoryLimit", json!(3));
    set(Some(spec), "failedJobsHistoryLimit", json!(1));
    if let Some(template) = spec.pointer_mut("/jobTemplate/spec/template") {
        self::template(template);
    }
}

/// Either name of the field is copied into the other: the old one brings the new one back where
/// only the new one is taken off.
fn alias_service_account(pod: &mut Value) {
    let Some(pod) = pod.as_object_mut() else { return };
    let names = ["serviceAccountName", "serviceAccount"];
    let name = names.into_iter().filter_map(|name| pod.get(name)).find(|name| **name != json!(""));
    if let Some(name) = name.cloned() {
        pod.extend(names.map(|field| (field.to_owned(), name.clone())));
    }
}

/// Completes the template of a workload's pods.
pub(super) fn template(template: &mut Value) {
    let Some(pod) = template.get_mut("spec").filter(|pod| pod.is_object()) else { return };
    alias_service_account(pod);
    set(Some(pod), "restartPolicy", json!("Always"));
    set(Some(pod), "terminationGracePeriodSeconds", json!(30));
    let volumes = pod.get_mut("volumes").and_then(Value::as_array_mut);
    for volume in volumes.into_iter().flatten() {
        // One that says nothing but its name.
        if volume.as_object().is_some_and(|fields| fields.len() == 1) {
            set(Some(volume), "emptyDir", json!({}));
        }
    }
    let containers = pod.get_mut("containers").and_then(Value::as_array_mut);
    for container in containers.into_iter().flatten() {
        set(Some(container), "resources", json!({}));
        let ports = container.get_mut("ports").and_then(Value::as_array_mut);
        for port in ports.into_iter().flatten() {
            set(Some(port), "protocol", json!("TCP"));
        }
    }
}

fn strategy(strategy: Option<&mut Value>) {
    let Some(strategy) = strategy else { return };
    set(Some(strategy), "type", json!("RollingUpdate"));
    if strategy.get("type") == Some(&json!("RollingUpdate")) {
        set(Some(strategy), "rollingUpdate", json!({}));
        set(strategy.get_mut("rollingUpdate"), "maxSurge", json!("25%"));
        set(strategy.get_mut("rollingUpdate"), "maxUnavailable", json!("25%"));
    }
}

fn service(target: &ObjectRef, live: Option<&Value>, object: &mut Value) {
    let Some(spec) = object.get_mut("spec").filter(|spec| spec.is_object()) else { return };
    set(Some(spec), "type", json!("ClusterIP"));
    set(Some(spec), "sessionAffinity", json!("None"));
    if spec.get("type") != Some(&json!("ExternalName")) {
        let kept = live.and_then(|live| live.pointer("/spec/clusterIP")).cloned();
        set(Some(spec), "clusterIP", kept.unwrap_or_else(|| json!(address(target))));
    }
    let ports = spec.get_mut("ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten() {
        set(Some(port), "protocol", json!("TCP"));
        if let Some(number) = port.get("port").cloned() {
            set(Some(port), "targetPort", number);
        }
    }
}

/// An address that a Service keeps, out of its name.
fn address(target: &ObjectRef) -> String {
    let digest = Sha256::digest(target.to_string());
    let mut bytes = digest.iter().copied();
    let mut byte = || bytes.next().unwrap_or_default();
    format!("10.96.{}.{}", byte(), byte())
}
