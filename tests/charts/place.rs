//! The shared cluster, with what the charts need of it, and a namespace for each test.

use crate::cluster::{Cluster, shared_fake_nodes};
use crate::helm::Helm;
use serde_json::Value;
use std::sync::OnceLock;

/// The kinds of Prometheus Operator that the charts make. Its own schemas are no part of any API server: these admit
/// everything.
pub const MONITORING: [&str; 3] = ["ServiceMonitor", "PodMonitor", "PrometheusRule"];

/// A cluster on which chart crds is installed, and which takes the kinds of Prometheus Operator.
pub fn cluster() -> &'static Cluster {
    static READY: OnceLock<&'static Cluster> = OnceLock::new();
    READY.get_or_init(|| {
        let cluster = shared_fake_nodes();
        cluster.kubectl(&["create", "--filename=-"], Some(&monitoring())).success();
        Helm::on(cluster).install("eevee-crds", "eevee-crds", "crds", "").fine();
        let served = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=3m"];
        cluster.kubectl(&served, None).success();
        cluster
    })
}

/// A new namespace in which every pod has to satisfy the Pod Security Standard `restricted`.
pub fn namespace(name: &str) -> &'static Cluster {
    let cluster = cluster();
    let manifest = format!(
        "{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, labels: {{pod-security.kubernetes.io/enforce: restricted}}}}}}"
    );
    cluster.kubectl(&["create", "--filename=-"], Some(&manifest)).success();
    cluster
}

/// An object as the API server has it.
pub fn get(cluster: &Cluster, namespace: &str, object: &str) -> Option<Value> {
    let namespace = format!("--namespace={namespace}");
    let arguments = ["get", object, &namespace, "--output=json", "--ignore-not-found"];
    let text = cluster.kubectl(&arguments, None).success();
    (!text.is_empty()).then(|| serde_json::from_str(&text).expect("JSON"))
}

fn monitoring() -> String {
    let crd = |kind: &&str| {
        let singular = kind.to_lowercase();
        format!(
            "---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {singular}s.monitoring.coreos.com}}
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: {{kind: {kind}, plural: {singular}s, singular: {singular}}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
"
        )
    };
    MONITORING.iter().map(crd).collect()
}
