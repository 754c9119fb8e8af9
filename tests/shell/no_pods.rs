//! Pods that cannot be made are told of within seconds, not when the Deployment's deadline of ten minutes has passed.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::message;
use serde_json::{Value, json};

impl Stage<'_> {
    /// Waits until a resource says that its pods cannot be made, and gives why.
    async fn says_why(&self, (resource, name): (&str, &str), reason: &str) -> String {
        let of_it = (resource, name);
        let said = self.objects.wait_for_condition(of_it, "Ready", ("False", reason), LONG).await;
        let why = message(&said, "Ready").to_owned();
        assert!(why.starts_with("FailedCreate: "), "{why}");
        why
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_the_pod_security_standard_forbids_says_so_and_heals() {
    let mut stage = Stage::set("restricted").await;
    stage
        .objects
        .apply_value(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {
                "name": stage.namespace(),
                "labels": { "pod-security.kubernetes.io/enforce": "restricted" },
            },
        }))
        .await;
    stage.apply_module("psa", json!({ "image": "x:1" })).await;
    let why = stage.says_why(("botmodules", "psa"), "UnavailableReplicas").await;
    assert!(why.contains("violates PodSecurity \"restricted:latest\""), "{why}");
    let allowed = json!({
        "podSecurityContext": { "runAsNonRoot": true },
        "securityContext": { "capabilities": { "drop": ["ALL"] } },
    });
    stage.change("psa", allowed).await;
    stage.ready("psa").await;

    // The former revision serves on while the next one cannot be made.
    stage.change("psa", json!({ "podSecurityContext": { "runAsNonRoot": false } })).await;
    let why = stage.says_why(("botmodules", "psa"), "UnavailableReplicas").await;
    assert!(why.ends_with("; the former revision goes on serving"), "{why}");
    stage.settled().await;
    stage.edge.clear();
    stage.settled().await;
    assert!(stage.edge.writes().is_empty(), "{}", stage.edge.listing());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nats_server_that_a_quota_forbids_says_so() {
    let mut stage = Stage::set("quota").await;
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "no-pods" },
        "spec": { "hard": { "pods": "0" } },
    });
    stage.objects.apply_value(quota).await;
    let is_counted = |live: Option<&Value>| live?.pointer("/status/used/pods").map(drop);
    stage.objects.wait("resourcequotas", "no-pods", LONG, is_counted).await;
    stage.apply_nats("main").await;
    let why = stage.says_why(("ipcconfigs", "main"), "NatsUnavailable").await;
    assert!(why.contains("exceeded quota: no-pods"), "{why}");
    stage.stop().await;
}
