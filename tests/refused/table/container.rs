//! What the container is given: resources, probes and variables.

use super::{Case, case};
use serde_json::{Value, json};

pub fn resources() -> Vec<Case> {
    let field = "resources";
    let requests = |name: &str, request: &str, limit: &str| json!({ "requests": { name: request }, "limits": { name: limit } });
    let huge = |request: &str| json!({ "requests": { "cpu": "1", "hugepages-2Mi": request }, "limits": { "hugepages-2Mi": "4Mi" } });
    vec![
        case(
            field,
            requests("cpu", "2", "1"),
            requests("cpu", "1000m", "1"),
            "spec.resources.requests.cpu is 2: it must not be above",
        ),
        case(
            field,
            requests("memory", "1Gi", "1G"),
            requests("memory", "1G", "1Gi"),
            "spec.resources.requests.memory",
        ),
        case(
            field,
            huge("2Mi"),
            huge("4Mi"),
            "spec.resources.requests.hugepages-2Mi is 2Mi: it must be equal",
        ),
        case(
            field,
            json!({ "limits": { "hugepages-2Mi": "2Mi" } }),
            huge("4Mi"),
            "spec.resources has huge pages alone",
        ),
        case(
            field,
            requests("example.com/gpu", "1", "2"),
            requests("example.com/gpu", "2", "2"),
            "spec.resources.requests.example.com/gpu",
        ),
        case(
            field,
            json!({ "requests": { "example.com/gpu": "1" } }),
            json!({ "limits": { "example.com/gpu": "1" } }),
            "spec.resources.requests.example.com/gpu",
        ),
        case(
            field,
            json!({ "limits": { "example.com/gpu": "1500m" } }),
            json!({ "limits": { "example.com/gpu": "2000m" } }),
            "spec.resources.limits.example.com/gpu",
        ),
        case(
            field,
            json!({ "limits": { "cpu": "-1" } }),
            json!({ "limits": { "cpu": "0" } }),
            "spec.resources.limits.cpu is -1",
        ),
        case(
            field,
            json!({ "limits": { "gpu": "1" } }),
            json!({ "limits": { "ephemeral-storage": "1Gi" } }),
            "spec.resources.limits.gpu",
        ),
        case(
            field,
            json!({ "claims": [{ "name": "a" }] }),
            json!({ "claims": [] }),
            "spec.resources.claims",
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub fn probes() -> Vec<Case> {
    let get = |get: Value| {
        let mut probe = json!({ "httpGet": { "path": "/", "port": 80 } });
        probe["httpGet"]
            .as_object_mut()
            .expect("a map")
            .extend(get.as_object().expect("a map").clone());
        probe
    };
    let with = |name: &str, value: Value| {
        let mut probe = get(json!({}));
        probe[name] = value;
        probe
    };
    let tcp = |port: Value| json!({ "tcpSocket": { "port": port } });
    let header = |name: &str| get(json!({ "httpHeaders": [{ "name": name, "value": "a" }] }));
    let grpc = |port: i32| json!({ "grpc": { "port": port } });
    vec![
        case(
            "livenessProbe",
            get(json!({ "port": "8080" })),
            get(json!({ "port": "metrics" })),
            "spec.livenessProbe.httpGet.port is \"8080\"",
        ),
        case(
            "livenessProbe",
            get(json!({ "port": 0 })),
            get(json!({ "port": 1 })),
            "spec.livenessProbe.httpGet.port is 0",
        ),
        case(
            "startupProbe",
            tcp(json!("a_b")),
            tcp(json!("a-b")),
            "spec.startupProbe.tcpSocket.port",
        ),
        case(
            "readinessProbe",
            tcp(json!(65536)),
            tcp(json!(65535)),
            "spec.readinessProbe.tcpSocket.port",
        ),
        case("readinessProbe", grpc(0), grpc(1), "spec.readinessProbe.grpc.port"),
        case(
            "livenessProbe",
            get(json!({ "scheme": "https" })),
            get(json!({ "scheme": "HTTPS" })),
            "spec.livenessProbe.httpGet.scheme",
        ),
        case(
            "livenessProbe",
            header("a b"),
            header("X-A"),
            "spec.livenessProbe.httpGet.httpHeaders[0].name",
        ),
        case(
            "livenessProbe",
            json!({ "exec": { "command": [] } }),
            json!({ "exec": { "command": ["a"] } }),
            "spec.livenessProbe.exec.command",
        ),
        case("livenessProbe", json!({}), grpc(1), "spec.livenessProbe must have exactly one"),
        case(
            "livenessProbe",
            json!({ "grpc": { "port": 1 }, "tcpSocket": { "port": 1 } }),
            grpc(1),
            "spec.livenessProbe must have exactly one",
        ),
        case(
            "livenessProbe",
            with("successThreshold", json!(2)),
            with("successThreshold", json!(1)),
            "spec.livenessProbe.successThreshold",
        ),
        case(
            "startupProbe",
            with("successThreshold", json!(2)),
            with("successThreshold", json!(1)),
            "spec.startupProbe.successThreshold",
        ),
        case(
            "readinessProbe",
            with("successThreshold", json!(-1)),
            with("successThreshold", json!(2)),
            "spec.readinessProbe.successThreshold",
        ),
        case(
            "livenessProbe",
            with("timeoutSeconds", json!(-1)),
            with("timeoutSeconds", json!(0)),
            "spec.livenessProbe.timeoutSeconds",
        ),
        case(
            "readinessProbe",
            with("periodSeconds", json!(-1)),
            with("periodSeconds", json!(0)),
            "spec.readinessProbe.periodSeconds",
        ),
        case(
            "startupProbe",
            with("failureThreshold", json!(-1)),
            with("failureThreshold", json!(0)),
            "spec.startupProbe.failureThreshold",
        ),
        case(
            "livenessProbe",
            with("initialDelaySeconds", json!(-1)),
            with("initialDelaySeconds", json!(0)),
            "spec.livenessProbe.initialDelaySeconds",
        ),
        case(
            "livenessProbe",
            with("terminationGracePeriodSeconds", json!(0)),
            with("terminationGracePeriodSeconds", json!(1)),
            "spec.livenessProbe.terminationGracePeriodSeconds",
        ),
        case(
            "readinessProbe",
            with("terminationGracePeriodSeconds", json!(1)),
            get(json!({})),
            "spec.readinessProbe.terminationGracePeriodSeconds",
        ),
    ]
}

pub fn variables() -> Vec<Case> {
    let named = |name: &str| json!([{ "name": name, "value": "a" }]);
    let from = |source: Value| json!([{ "name": "A", "valueFrom": source }]);
    let secret =
        |name: &str, key: &str| from(json!({ "secretKeyRef": { "name": name, "key": key } }));
    let field = |path: &str| from(json!({ "fieldRef": { "fieldPath": path } }));
    let resource = |name: &str| from(json!({ "resourceFieldRef": { "resource": name } }));
    let map = |key: &str| from(json!({ "configMapKeyRef": { "name": "a", "key": key } }));
    vec![
        case("extraEnv", named("A=B"), named("a.b-c 1"), "spec.extraEnv[0].name"),
        case("extraEnv", named("Ä"), named("~"), "spec.extraEnv[0].name"),
        case("extraEnv", named(""), named("A"), "spec.extraEnv[0].name"),
        case(
            "extraEnv",
            from(json!({})),
            field("metadata.name"),
            "spec.extraEnv[0].valueFrom must have exactly one",
        ),
        case(
            "extraEnv",
            from(
                json!({ "fieldRef": { "fieldPath": "metadata.name" }, "secretKeyRef": { "name": "a", "key": "b" } }),
            ),
            field("status.podIPs"),
            "spec.extraEnv[0].valueFrom must have exactly one",
        ),
        case(
            "extraEnv",
            json!([{ "name": "A", "value": "a", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }]),
            field("metadata.uid"),
            "spec.extraEnv[0] must have either",
        ),
        case(
            "extraEnv",
            secret("a", "b c"),
            secret("a", ".b"),
            "spec.extraEnv[0].valueFrom.secretKeyRef.key",
        ),
        case(
            "extraEnv",
            secret("", "b"),
            secret("a", "b"),
            "spec.extraEnv[0].valueFrom.secretKeyRef.name",
        ),
        case("extraEnv", map(".."), map("a..b"), "spec.extraEnv[0].valueFrom.configMapKeyRef.key"),
        case(
            "extraEnv",
            field("metadata.labels"),
            field("metadata.labels['a']"),
            "spec.extraEnv[0].valueFrom.fieldRef.fieldPath",
        ),
        case(
            "extraEnv",
            field("spec.image"),
            field("metadata.annotations['a/b']"),
            "spec.extraEnv[0].valueFrom.fieldRef.fieldPath",
        ),
        case(
            "extraEnv",
            resource("cpu"),
            resource("limits.cpu"),
            "spec.extraEnv[0].valueFrom.resourceFieldRef.resource",
        ),
    ]
}
