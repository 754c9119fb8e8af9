//! Every CEL rule of the CRDs: what it refuses, with which message, and the neighbour that it
//! admits. Asked of the API server and of the offline judge alike.

use crate::server::{dry_create, with_crds};
use crate::support;
use eevee_operator::crd;
use eevee_operator::manifest::{Input, load};
use serde_json::{Value, json};

struct Case {
    kind: &'static str,
    bad: Value,
    good: Value,
    message: &'static str,
}

fn module(bad: Value, good: Value, message: &'static str) -> Case {
    Case { kind: "BotModule", bad, good, message }
}

fn managed(bad: Value, good: Value, message: &'static str) -> Case {
    let wrap = |managed: Value| json!({ "nats": { "managed": managed } });
    Case { kind: "IpcConfig", bad: wrap(bad), good: wrap(good), message }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    let get = json!({ "path": "/", "port": 80 });
    let two = |field: &str| json!({ field: { "httpGet": get, "tcpSocket": { "port": 80 } } });
    let one = |field: &str| json!({ field: { "httpGet": get } });
    let twice = |field: &str| json!({ field: { "httpGet": get, "successThreshold": 2 } });
    vec![
        module(json!({ "image": "a b" }), json!({ "image": "a:b" }), "without spaces"),
        module(
            json!({ "image": "https://a.io/b" }),
            json!({ "image": "a.io:443/b_c/d@sha256:0123456789abcdef0123456789abcdef" }),
            "image must be an image reference without spaces or a scheme",
        ),
        module(json!({ "image": "a.io/B" }), json!({ "image": "A.io/b" }), "in lower case"),
        module(json!({ "image": "[::1]:5000/a:" }), json!({ "image": "[::1]:5000/a" }), "image"),
        module(
            json!({ "moduleName": "a/b" }),
            json!({ "moduleName": "a.b" }),
            "must not contain '/'",
        ),
        module(
            json!({ "moduleName": ".." }),
            json!({ "moduleName": "..." }),
            "must not contain '/'",
        ),
        module(
            json!({ "volumeMountPath": "data" }),
            json!({ "volumeMountPath": "/d" }),
            "absolute path",
        ),
        module(
            json!({ "volumeMountPath": "/a:b" }),
            json!({ "volumeMountPath": "/a-b" }),
            "absolute path",
        ),
        module(
            json!({ "volumeMountPath": "/etc/module-config" }),
            json!({ "volumeMountPath": "/etc/module" }),
            "must not be /etc/module-config",
        ),
        module(
            json!({ "volumeMountPath": "/etc/module-config/data" }),
            json!({ "volumeMountPath": "/etc/module-config-data" }),
            "must not be /etc/module-config nor below it",
        ),
        module(json!({ "volumeMountPath": "//" }), json!({ "volumeMountPath": "//d" }), "below /"),
        module(
            two("livenessProbe"),
            one("livenessProbe"),
            "livenessProbe must have exactly one of",
        ),
        module(
            two("readinessProbe"),
            one("readinessProbe"),
            "readinessProbe must have exactly one of",
        ),
        module(two("startupProbe"), one("startupProbe"), "startupProbe must have exactly one of"),
        module(json!({ "livenessProbe": {} }), one("livenessProbe"), "exactly one of"),
        module(
            twice("livenessProbe"),
            twice("readinessProbe"),
            "livenessProbe.successThreshold must be 1",
        ),
        module(
            twice("startupProbe"),
            one("startupProbe"),
            "startupProbe.successThreshold must be 1",
        ),
        module(
            json!({ "strategy": { "type": "Rolling" } }),
            json!({ "strategy": { "type": "RollingUpdate" } }),
            "must be Recreate or RollingUpdate",
        ),
        module(
            json!({ "strategy": { "type": "Recreate", "rollingUpdate": {} } }),
            json!({ "strategy": { "type": "RollingUpdate", "rollingUpdate": {} } }),
            "must be left out when strategy.type is Recreate",
        ),
        module(
            json!({ "strategy": { "rollingUpdate": { "maxSurge": 0, "maxUnavailable": "0%" } } }),
            json!({ "strategy": { "rollingUpdate": { "maxSurge": 0, "maxUnavailable": 1 } } }),
            "must not both be 0",
        ),
        module(
            json!({ "podAnnotations": { "eevee.bot/config-hash": "x" } }),
            json!({ "podAnnotations": { "example.org/config-hash": "x" } }),
            "podAnnotations must not use",
        ),
        module(
            json!({ "podLabels": { "app": "x" } }),
            json!({ "podLabels": { "apps": "x" } }),
            "podLabels must not use",
        ),
        module(
            json!({ "extraEnv": [{ "name": "NATS_TOKEN", "value": "x" }] }),
            json!({ "extraEnv": [{ "name": "NATS_HOST", "value": "x" }] }),
            "extraEnv must not set",
        ),
        module(
            json!({ "extraEnv": [{ "name": "A", "value": "x", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }] }),
            json!({ "extraEnv": [{ "name": "A", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }] }),
            "must have either value or valueFrom",
        ),
        managed(json!({ "image": "a b" }), json!({ "image": "a" }), "without spaces"),
        managed(
            json!({ "metricsImage": "a:" }),
            json!({ "metricsImage": "a:1" }),
            "metricsImage must be an image reference",
        ),
        managed(json!({ "metricsPort": 8222 }), json!({ "metricsPort": 8223 }), "must not be 4222"),
        managed(
            json!({ "podAnnotations": { "app.kubernetes.io/name": "x" } }),
            json!({ "podAnnotations": { "app.kubernetes/name": "x" } }),
            "podAnnotations must not use",
        ),
        Case {
            kind: "IpcConfig",
            bad: json!({ "nats": { "token": { "secretKeyRef": { "key": "a b" } } } }),
            good: json!({ "nats": { "token": { "secretKeyRef": { "key": "a.b" } } } }),
            message: "letters, digits",
        },
        Case {
            kind: "IpcConfig",
            bad: json!({ "nats": { "token": { "secretKeyRef": { "key": "host" } } } }),
            good: json!({ "nats": { "token": { "secretKeyRef": { "key": "hosts" } } } }),
            message: "must not be host",
        },
        Case {
            kind: "BackupSchedule",
            bad: json!({ "s3Store": { "name": "s" }, "schedule": "daily" }),
            good: json!({ "s3Store": { "name": "s" }, "schedule": "@daily" }),
            message: "five fields of cron",
        },
    ]
}

/// Rules on names, which stand at the root: (kind, bad name, good name, message).
fn names() -> [(&'static str, String, String, &'static str); 3] {
    [
        ("BotModule", "m".repeat(64), "m".repeat(63), "at most 63 characters"),
        ("IpcConfig", "m".repeat(45), "m".repeat(44), "at most 44 characters"),
        ("IpcConfig", "a.b".to_owned(), "a-b".to_owned(), "must not contain dots"),
    ]
}

#[test]
fn every_rule_refuses_what_it_should_and_admits_the_neighbour() {
    for Case { kind, bad, good, message } in cases() {
        judge(kind, "case", bad, good, message);
    }
    for (kind, bad, good, message) in names() {
        let spec = json!({});
        refused(&manifest(kind, &bad, spec.clone()), message);
        admitted(&manifest(kind, &good, spec));
    }
}

#[test]
fn every_rule_has_a_case() {
    let mut messages = Vec::new();
    for crd in crd::crds() {
        collect(&crd, &mut messages);
    }
    let told: Vec<&str> =
        cases().iter().map(|case| case.message).chain(names().iter().map(|name| name.3)).collect();
    for message in messages {
        assert!(told.iter().any(|part| message.contains(part)), "no case for: {message}");
    }
}

fn judge(kind: &str, name: &str, bad: Value, good: Value, message: &str) {
    refused(&manifest(kind, name, bad), message);
    admitted(&manifest(kind, name, good));
}

fn manifest(kind: &str, name: &str, mut spec: Value) -> String {
    if kind == "BotModule" && spec.get("image").is_none() {
        spec["image"] = "echo:1".into();
    }
    let metadata = json!({ "name": name, "namespace": "default" });
    json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata, "spec": spec })
        .to_string()
}

fn refused(manifest: &str, message: &str) {
    let server = dry_create(with_crds(), manifest);
    assert!(!server.status.success(), "the server admits {manifest}");
    assert!(server.stderr.contains(message), "the server says {}", server.stderr);
    let faults = offline(manifest);
    assert!(faults.contains(message), "offline says {faults:?} of {manifest}");
}

fn admitted(manifest: &str) {
    let server = dry_create(with_crds(), manifest);
    assert!(server.status.success(), "the server refuses {manifest}: {}", server.stderr);
    assert_eq!(offline(manifest), "", "offline refuses {manifest}");
}

fn offline(manifest: &str) -> String {
    let source = Input { name: "case".to_owned(), text: manifest.to_owned() };
    let loaded =
        load(&[source], support::defaults()).unwrap_or_else(|unusable| panic!("{unusable}"));
    loaded.faults.iter().map(|fault| format!("{fault}\n")).collect()
}

fn collect(value: &Value, messages: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let rules = fields.get("x-kubernetes-validations").and_then(Value::as_array);
            for rule in rules.into_iter().flatten() {
                messages.push(
                    rule["message"].as_str().unwrap_or("a rule without a message").to_owned(),
                );
            }
            fields.values().for_each(|value| collect(value, messages));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, messages)),
        _ => {}
    }
}
