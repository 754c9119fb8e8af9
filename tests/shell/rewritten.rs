//! Admission that puts something else in the place of what was asked for.

use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{image, message};
use serde_json::json;

/// A policy for one namespace alone: the cluster is shared.
async fn rewrite_images(stage: &Stage<'_>) {
    let name = stage.namespace();
    let rewrite = json!({
        "patchType": "ApplyConfiguration",
        "applyConfiguration": { "expression": "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: 'module', image: 'mirror.example/' + object.spec.template.spec.containers[0].image.replace('mirror.example/', '')}]}}}}" },
    });
    stage
        .objects
        .apply_value(json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingAdmissionPolicy",
            "metadata": { "name": name },
            "spec": {
                "matchConstraints": { "resourceRules": [{
                    "apiGroups": ["apps"], "apiVersions": ["v1"],
                    "operations": ["CREATE", "UPDATE"], "resources": ["deployments"],
                }] },
                "failurePolicy": "Fail",
                "reinvocationPolicy": "Never",
                "mutations": [rewrite],
            },
        }))
        .await;
    stage
        .objects
        .apply_value(json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingAdmissionPolicyBinding",
            "metadata": { "name": name },
            "spec": {
                "policyName": name,
                "matchResources": { "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } },
            },
        }))
        .await;
    in_force(stage).await;
}

/// The API server takes up a policy some time after it was made.
async fn in_force(stage: &Stage<'_>) {
    let probe = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "probe" },
        "spec": {
            "replicas": 0,
            "selector": { "matchLabels": { "app": "probe" } },
            "template": {
                "metadata": { "labels": { "app": "probe" } },
                "spec": { "containers": [{ "name": "module", "image": "a" }] },
            },
        },
    });
    let rewritten = async {
        while image(&stage.objects.apply_value(probe.clone()).await) == "a" {
            stage.objects.delete("deployments", "probe").await;
        }
    };
    tokio::time::timeout(LONG, rewritten).await.expect("the policy in force");
    stage.objects.delete("deployments", "probe").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_admission_rewrites_is_written_once_and_told() {
    let mut stage = Stage::set("rewritten").await;
    rewrite_images(&stage).await;
    stage.apply_module("echo", json!({ "image": "echo:1" })).await;
    let echo = stage.ready("echo").await;
    let live = stage.objects.existing("deployments", "eevee-echo-module").await;
    assert_eq!(image(&live), "mirror.example/echo:1");
    stage.settled().await;

    stage.relist().await;
    stage.apply_module("dice", json!({ "image": "dice:1" })).await;
    stage.ready("dice").await;
    let echo_again = ("botmodules", "echo");
    stage.annotate(echo_again, "eevee.bot/reconcile-requested", json!("again")).await;
    stage.settled().await;
    for module in ["echo", "dice"] {
        let writes = stage.deployment_writes(module);
        assert_eq!(writes.len(), 1, "{writes:?}");
        assert_eq!(stage.revisions(&deployment(module)).await, 1);
    }

    let field = "spec.template.spec.containers[module].image of Deployment";
    assert!(message(&echo, "Ready").contains(field), "{echo}");
    let told = stage.told("Conflict", "echo").await;
    assert!(told.len() == 1 && told[0].contains(field), "{told:?}");

    stage.change("echo", json!({ "image": "echo:2" })).await;
    stage.ready("echo").await;
    stage.settled().await;
    let live = stage.objects.existing("deployments", "eevee-echo-module").await;
    assert_eq!(image(&live), "mirror.example/echo:2");
    assert_eq!(stage.deployment_writes("echo").len(), 2);
    stage.stop().await;
}
