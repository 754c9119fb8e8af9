//! Empty fields, defaults and amounts, as the API server keeps them.

use super::{YES, check, container, pod};
use crate::fields::keys::{DATA, WORKLOAD};
use crate::fields::{fill, in_words_of};
use serde_json::{Value, json};

const MODULE: &str = "spec.template.spec.containers[module]";

fn probe(fields: Value) -> Value {
    container(json!({ "livenessProbe": fields }))
}

#[test]
fn an_empty_field_says_the_default_that_the_api_server_puts_there() {
    let defaults = json!({
        "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
        "httpGet": { "path": "/", "scheme": "HTTP", "port": 80 },
    });
    let empty = json!({
        "timeoutSeconds": 0, "periodSeconds": 0, "successThreshold": 0, "failureThreshold": 0,
        "initialDelaySeconds": 0,
        "httpGet": { "path": "", "scheme": "", "host": "", "port": 80 },
    });
    let slow = json!({ "timeoutSeconds": 5 });
    let none = json!({ "timeoutSeconds": 0 });
    check(
        &WORKLOAD,
        &[
            (probe(defaults), probe(empty), YES),
            (
                probe(slow.clone()),
                probe(none.clone()),
                Some(&format!("{MODULE}.livenessProbe.timeoutSeconds")),
            ),
            (probe(none), probe(slow), Some(&format!("{MODULE}.livenessProbe.timeoutSeconds"))),
        ],
    );
    let variable =
        |source: Value| container(json!({ "env": [{ "name": "A", "valueFrom": source }] }));
    let field = |version: &str| {
        variable(json!({ "fieldRef": { "apiVersion": version, "fieldPath": "a" } }))
    };
    let share = |divisor: Value| {
        variable(json!({ "resourceFieldRef": { "resource": "a", "divisor": divisor } }))
    };
    check(
        &WORKLOAD,
        &[
            (field("v1"), field(""), YES),
            (
                field("v1"),
                field("v2"),
                Some(&format!("{MODULE}.env[A].valueFrom.fieldRef.apiVersion")),
            ),
            (share(json!("1")), share(json!("1000m")), YES),
            (share(json!("0")), share(json!(null)), YES),
            (
                share(json!("1")),
                share(json!("2")),
                Some(&format!("{MODULE}.env[A].valueFrom.resourceFieldRef.divisor")),
            ),
        ],
    );
}

#[test]
fn resources_are_compared_as_the_api_server_rounds_them() {
    let cpu = |cpu: &str| container(json!({ "resources": { "requests": { "cpu": cpu } } }));
    let size = |size: &str| {
        pod(&json!({ "volumes": [{ "name": "v", "emptyDir": { "sizeLimit": size } }] }))
    };
    check(
        &WORKLOAD,
        &[
            (cpu("2m"), cpu("1.5m"), YES),
            (cpu("1m"), cpu("0.0001"), YES),
            (cpu("1m"), cpu("1.5m"), Some(&format!("{MODULE}.resources.requests.cpu"))),
            (cpu("0"), cpu("0"), YES),
            (json!({}), cpu("0"), Some("spec")),
            (size("1m"), size("1.5m"), Some("spec.template.spec.volumes[v].emptyDir.sizeLimit")),
        ],
    );
}

#[test]
fn an_empty_value_of_a_map_of_texts_is_there() {
    let labels = |labels: Value| json!({ "metadata": { "labels": labels } });
    let nodes = |labels: Value| pod(&json!({ "nodeSelector": labels }));
    check(
        &WORKLOAD,
        &[
            (labels(json!({})), labels(json!({ "a": "" })), Some("metadata.labels.a")),
            (labels(json!({ "a": "" })), labels(json!({ "a": "" })), YES),
            (
                nodes(json!({ "b": "" })),
                nodes(json!({ "a": "" })),
                Some("spec.template.spec.nodeSelector"),
            ),
            (nodes(json!({ "a": "" })), nodes(json!({ "a": "" })), YES),
            (json!({}), nodes(json!({})), YES),
        ],
    );
    check(&DATA, &[(json!({}), json!({ "data": { "a": "" } }), Some("data"))]);
}

#[test]
fn what_says_the_same_is_put_into_the_words_of_the_other() {
    let deployment = |container: Value, tolerations: Value| {
        let pod = json!({ "containers": [container], "tolerations": tolerations });
        json!({ "kind": "Deployment", "spec": { "template": { "spec": pod } } })
    };
    let was = deployment(
        json!({
            "name": "module", "image": "a",
            "livenessProbe": { "tcpSocket": { "port": 80 }, "timeoutSeconds": 1 },
            "resources": { "limits": { "cpu": "1" } },
            "env": [{ "name": "A", "valueFrom": { "fieldRef": { "apiVersion": "v1", "fieldPath": "x" } } }],
            "securityContext": {},
        }),
        json!([{ "key": "a", "operator": "Exists" }, { "key": "b" }]),
    );
    let mut will = deployment(
        json!({
            "name": "module", "image": "b",
            "livenessProbe": { "tcpSocket": { "port": 80 }, "timeoutSeconds": 0, "initialDelaySeconds": 0 },
            "resources": { "limits": { "cpu": "1000m" }, "requests": {} },
            "env": [{ "name": "A", "value": "", "valueFrom": { "fieldRef": { "fieldPath": "x" } } }],
            "securityContext": { "allowPrivilegeEscalation": false, "privileged": false },
        }),
        json!([{ "key": "c" }, { "key": "b", "value": "" }]),
    );
    in_words_of(&was, &mut will, &WORKLOAD);
    let mut expected = was.clone();
    let pod = expected.pointer_mut("/spec/template/spec").expect("a pod");
    pod["containers"][0]["image"] = "b".into();
    pod["containers"][0]["securityContext"] = json!({ "allowPrivilegeEscalation": false });
    pod["tolerations"][0] = json!({ "key": "c" });
    assert_eq!(will, expected);
}

#[test]
fn defaults_are_filled_in_once() {
    let empty =
        probe(json!({ "httpGet": { "port": 80 }, "timeoutSeconds": 7, "periodSeconds": 0 }));
    let mut filled = empty.clone();
    let shape = &WORKLOAD;
    fill(&mut filled, shape);
    let expected = probe(json!({
        "timeoutSeconds": 7, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
        "httpGet": { "path": "/", "scheme": "HTTP", "port": 80 },
    }));
    assert_eq!(filled, expected);
    fill(&mut filled, shape);
    assert_eq!(filled, expected);
}
