//! The ground that the other tests stand on.

use crate::cluster::{Casing, Cluster, eventually, shared_fake_nodes};
use crate::operator::LONG;

const WORKLOAD: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: web, volumeMounts: [{name: data, mountPath: /data}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: once, image: once}]}}}
";

#[test]
fn fake_nodes_bring_workloads_to_life_and_take_them_away() {
    let cluster = shared_fake_nodes();
    cluster.kubectl(&["create", "namespace", "life"], None).success();
    let here = |args: &[&str]| cluster.kubectl(&[args, &["--namespace=life"]].concat(), None);
    cluster.kubectl(&["apply", "--namespace=life", "--filename=-"], Some(WORKLOAD)).success();
    here(&["wait", "--for=condition=Available", "deployment/web", "--timeout=60s"]).success();
    here(&["wait", "--for=condition=Complete", "job/once", "--timeout=60s"]).success();
    let phase = here(&["get", "pvc", "data", "--output=jsonpath={.status.phase}"]);
    assert_eq!(phase.success(), "Pending", "a claim without a binder");
    here(&["delete", "deployment", "web"]).success();
    eventually("the pods are collected", LONG, || {
        here(&["get", "pods", "--selector=app=web", "--output=name"])
            .success()
            .is_empty()
            .then_some(())
    });
    cluster.kubectl(&["delete", "namespace", "life", "--timeout=60s"], None).success();
}

#[test]
fn crds_can_be_served_under_the_names_of_the_typescript_operator() {
    let cluster = Cluster::api();
    cluster.install_crds(Casing::Lower);
    let served =
        cluster.kubectl(&["api-resources", "--api-group=eevee.bot", "--output=wide"], None);
    let served = served.success();
    assert!(served.contains(" botmodule ") && !served.contains("BotModule"), "{served}");
    let module =
        "{apiVersion: eevee.bot/v1, kind: botmodule, metadata: {name: echo}, spec: {image: a}}";
    cluster.kubectl(&["create", "--filename=-"], Some(module)).success();
}

/// Tests of what admission rewrites use them.
#[test]
fn mutating_admission_policies_are_served() {
    let served = crate::cluster::shared().kubectl(
        &["api-resources", "--api-group=admissionregistration.k8s.io", "--output=name"],
        None,
    );
    assert!(served.success().contains("mutatingadmissionpolicies"));
}
