//! Every pod satisfies the Pod Security Standard `restricted`.

use crate::cluster::Cluster;
use crate::helm::Helm;
use crate::place::namespace;
use crate::support::documents;
use serde_json::Value;

#[test]
fn the_operators_pods_are_admitted_where_it_is_enforced() {
    let cluster = namespace("restricted");
    let values = "operator: {replicas: 2}";
    Helm::on(cluster).install("restricted", "eevee-operator", "operator", values).fine();
    let rolled_out = ["rollout", "status", "deployment/eevee-operator", "--namespace=restricted"];
    cluster.kubectl(&[&rolled_out[..], &["--timeout=3m"]].concat(), None).success();
}

#[test]
fn so_are_the_pods_of_helm_test() {
    let cluster = namespace("restricted-tests");
    for chart in ["crds", "operator", "bot"] {
        let manifests = Helm::on(cluster).template(chart, "", &[]).fine();
        let pods: Vec<Value> =
            documents(&manifests).into_iter().filter(|object| object["kind"] == "Pod").collect();
        assert!(!pods.is_empty(), "{chart}");
        for mut pod in pods {
            assert_eq!(pod["metadata"]["annotations"]["helm.sh/hook"], "test");
            // It is made before the pod.
            pod["spec"].as_object_mut().expect("a spec").remove("serviceAccountName");
            admitted(cluster, pod);
        }
    }
}

fn admitted(cluster: &Cluster, mut pod: Value) {
    pod["metadata"]["namespace"] = "restricted-tests".into();
    let create = ["create", "--dry-run=server", "--validate=strict", "--filename=-"];
    cluster.kubectl(&create, Some(&pod.to_string())).success();
}

#[test]
fn what_is_less_strict_is_refused_there() {
    let cluster = namespace("restricted-too-free");
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: restricted-too-free}, spec: {containers: [{name: a, image: a}]}}";
    let create = ["create", "--dry-run=server", "--filename=-"];
    let refused = cluster.kubectl(&create, Some(pod)).failure();
    assert!(refused.contains("restricted"), "{refused}");
}
