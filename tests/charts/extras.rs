//! What people set of the operator's pods, and the objects that they add.

use crate::helm::{Helm, each, names, one, rendered};
use crate::switches::EVERYTHING;
use serde_json::{Value, json};

fn pod(values: &str) -> Value {
    one(&rendered("operator", values), "Deployment")["spec"]["template"]["spec"].clone()
}

#[test]
fn names_are_resolved_as_the_values_say() {
    let pod = pod(EVERYTHING);
    assert_eq!(pod["dnsPolicy"], "Default");
    let config = json!({
        "nameservers": ["192.0.2.53"],
        "searches": ["example.org"],
        "options": [{ "name": "ndots", "value": "2" }, { "name": "edns0" }],
    });
    assert_eq!(pod["dnsConfig"], config);
    let aliases = json!([{ "ip": "192.0.2.1", "hostnames": ["proxy.example.org"] }]);
    assert_eq!(pod["hostAliases"], aliases);
}

/// It asks for the Service, whose name only the cluster's own DNS knows.
#[test]
fn the_pods_of_helm_test_resolve_names_as_the_cluster_does() {
    for pod in each(&rendered("operator", EVERYTHING), "Pod") {
        let spec = &pod["spec"];
        for field in ["dnsPolicy", "dnsConfig", "hostAliases"] {
            assert_eq!(spec.get(field), None, "{field}");
        }
        assert_eq!(spec["runtimeClassName"], "gvisor");
    }
}

#[test]
fn without_values_kubernetes_decides() {
    for field in ["dnsPolicy", "dnsConfig", "hostAliases", "runtimeClassName"] {
        assert_eq!(pod("").get(field), None, "{field}");
    }
}

#[test]
fn labels_and_annotations_of_the_deployment_are_its_own_alone() {
    let objects = rendered("operator", EVERYTHING);
    let deployment = one(&objects, "Deployment");
    let service = one(&objects, "Service");
    for part in ["labels", "annotations"] {
        assert_eq!(
            deployment["metadata"][part]["team"], "operators",
            "it wins over the common one"
        );
        assert_eq!(deployment["spec"]["template"]["metadata"][part]["team"], "chat");
        assert_eq!(service["metadata"][part]["team"], "chat");
    }
    let version = &deployment["metadata"]["labels"]["app.kubernetes.io/version"];
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
}

#[test]
fn objects_are_added_as_they_stand_with_their_templates_filled_in() {
    for chart in ["operator", "bot"] {
        let values = r#"
extraObjects:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-a'}, data: {number: "1"}}
- |
  {{- range list "b" "c" }}
  ---
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: {{ . }}}
  {{- end }}
"#;
        let objects = rendered(chart, values);
        let found = names(&objects);
        for name in ["ConfigMap eevee-a", "ConfigMap b", "ConfigMap c"] {
            assert!(found.iter().any(|it| it == name), "{chart}: {name} is not among {found:?}");
        }
        let first = objects.iter().find(|object| object["metadata"]["name"] == "eevee-a");
        assert_eq!(first.expect("the object")["data"]["number"], "1");
    }
}

#[test]
fn wrong_values_are_refused_with_their_path() {
    for (values, words) in [
        ("runtimeClassName: 1", ["/operator/runtimeClassName", "want string"]),
        ("dnsPolicy: Cluster", ["/operator/dnsPolicy", "'ClusterFirst'"]),
        ("dnsPolicy: None", ["operator.dnsPolicy is None", "operator.dnsConfig.nameservers"]),
        ("dnsConfig: []", ["/operator/dnsConfig", "want object"]),
        ("dnsConfig: {nameserver: [a]}", ["/operator/dnsConfig", "'nameserver' not allowed"]),
        (
            "dnsConfig: {options: [{name: ndots, value: 2}]}",
            ["/operator/dnsConfig/options/0/value", "want string"],
        ),
        ("hostAliases: {}", ["/operator/hostAliases", "want array"]),
        ("hostAliases: [{hostnames: [a]}]", ["/operator/hostAliases/0", "'ip'"]),
        ("deploymentAnnotations: {a: 1}", ["/operator/deploymentAnnotations/a", "want string"]),
        ("deploymentLabels: {a: 1}", ["/operator/deploymentLabels/a", "want string"]),
        (
            "deploymentLabels: {app.kubernetes.io/name: a}",
            ["/operator/deploymentLabels", "false schema"],
        ),
    ] {
        is_refused("operator", &format!("operator: {{{values}}}"), words);
    }
}

#[test]
fn what_is_no_object_is_refused_with_its_path() {
    for chart in ["operator", "bot"] {
        for (objects, words) in [
            ("{}", ["/extraObjects", "want array"]),
            ("[5]", ["/extraObjects/0", "want string or object"]),
            ("[{kind: ConfigMap}]", ["extraObjects[0]", "apiVersion, kind and metadata.name"]),
            ("[text]", ["extraObjects[0]", "is no YAML"]),
            ("['kind: {']", ["extraObjects[0]", "is no YAML"]),
        ] {
            is_refused(chart, &format!("extraObjects: {objects}"), words);
        }
    }
}

fn is_refused(chart: &str, values: &str, words: [&str; 2]) {
    let message = Helm::alone().template(chart, values, &[]).refused();
    for word in words {
        assert!(message.contains(word), "{values}: {word:?} is not in:\n{message}");
    }
}
