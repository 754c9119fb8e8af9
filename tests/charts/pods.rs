//! The operator's pods.

use crate::helm::{one, rendered};
use serde_json::{Value, json};

fn pod(values: &str) -> Value {
    one(&rendered("operator", values), "Deployment")["spec"]["template"].clone()
}

fn container(values: &str) -> Value {
    pod(values)["spec"]["containers"][0].clone()
}

fn image(tag: &str) -> String {
    format!("operator: {{operator: {{image: {{tag: '{tag}'}}}}}}")
}

#[test]
fn any_tag_of_an_image_becomes_a_version_that_a_label_can_hold() {
    let digest = format!("v1@sha256:{}", "0".repeat(64));
    let long = "x".repeat(128);
    let cases = [
        ("v1", "v1"),
        (digest.as_str(), "v1"),
        (long.as_str(), &long[..63]),
        ("1.0_", "1.0"),
        ("_1.0.-", "1.0"),
    ];
    for (tag, version) in cases {
        for object in rendered("operator", &image(tag)) {
            if object["metadata"]["annotations"].get("helm.sh/hook").is_none() {
                let label = &object["metadata"]["labels"]["app.kubernetes.io/version"];
                assert_eq!(label, version, "{tag}");
            }
        }
        let name = format!("ghcr.io/eeveebot/operator:{tag}");
        assert_eq!(container(&image(tag))["image"], name);
    }
}

/// A kubeconfig in place of the ServiceAccount, for one.
#[test]
fn volumes_are_mounted() {
    let values = "
operator:
  extraVolumes: [{name: kubeconfig, secret: {secretName: kubeconfig}}]
  operator:
    env: {kubeInClusterConfig: false}
    extraEnv: [{name: KUBECONFIG, value: /kubeconfig/config}]
    extraVolumeMounts: [{name: kubeconfig, mountPath: /kubeconfig, readOnly: true}]
";
    let volumes = json!([{ "name": "kubeconfig", "secret": { "secretName": "kubeconfig" } }]);
    assert_eq!(pod(values)["spec"]["volumes"], volumes);
    let mounts = json!([{ "name": "kubeconfig", "mountPath": "/kubeconfig", "readOnly": true }]);
    assert_eq!(container(values)["volumeMounts"], mounts);
}

#[test]
fn the_kubelet_asks_on_a_port_of_its_own() {
    let container = container("operator: {operator: {env: {healthPort: '8082'}}}");
    let ports = json!([
        { "name": "http", "containerPort": 9000 },
        { "name": "health", "containerPort": 8082 },
    ]);
    assert_eq!(container["ports"], ports);
    let mut variables = container["env"].as_array().expect("variables").iter();
    let variable = variables.find(|variable| variable["name"] == "HEALTH_PORT");
    assert_eq!(variable.expect("a variable")["value"], "8082");
    for (probe, path) in [("livenessProbe", "/livez"), ("readinessProbe", "/readyz")] {
        let get = json!({ "path": path, "port": "health" });
        assert_eq!(container[probe]["httpGet"], get);
    }
}

/// Whoever wrote a probe for the former port keeps it.
#[test]
fn a_probe_may_ask_on_the_port_of_the_http_api() {
    let values = "operator: {operator: {livenessProbe: {httpGet: {path: /livez, port: http}}}}";
    assert_eq!(container(values)["livenessProbe"]["httpGet"]["port"], "http");
}

#[test]
fn a_probe_of_another_kind_replaces_ours() {
    for (kind, handler) in [("exec", "{command: [a]}"), ("tcpSocket", "{port: http}")] {
        let values = format!("operator: {{operator: {{livenessProbe: {{{kind}: {handler}}}}}}}");
        let probe = &container(&values)["livenessProbe"];
        assert!(probe[kind].is_object() && probe.get("httpGet").is_none(), "{probe}");
        assert_eq!(probe["periodSeconds"], 20);
    }
    let values = "operator: {operator: {livenessProbe: {httpGet: {path: /readyz}}}}";
    let http = json!({ "path": "/readyz", "port": "health" });
    assert_eq!(container(values)["livenessProbe"]["httpGet"], http);
}

/// They are for objects: the pods are not replaced when they change.
#[test]
fn common_labels_and_annotations_are_not_those_of_pods() {
    assert_eq!(pod("{commonLabels: {a: b}, commonAnnotations: {a: b}}"), pod(""));
    let given = pod("operator: {podLabels: {a: b}, podAnnotations: {a: b}}");
    for part in ["labels", "annotations"] {
        assert_eq!(given["metadata"][part]["a"], "b");
    }
}
