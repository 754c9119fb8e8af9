//! Claims that cannot become as large, or as small, as is wanted.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{image, message};
use serde_json::{Value, json};

const CLAIM: &str = "eevee-tell-module-pvc";

fn storage(size: &str) -> Value {
    json!({ "persistentVolumeClaim": { "resources": { "requests": { "storage": size } } } })
}

/// A module with a claim of 2Gi, of a storage class that is not there or does not let claims grow.
async fn with_claim(prefix: &str, class: &str) -> Stage<'static> {
    let stage = Stage::set(prefix).await;
    let mut spec = storage("2Gi");
    spec["image"] = "tell:1".into();
    spec["persistentVolumeClaim"]["storageClassName"] = class.into();
    stage.apply_module("tell", spec).await;
    stage.ready("tell").await;
    stage.settled().await;
    stage.edge.clear();
    stage
}

/// As the binder does, which does not run here.
async fn bind(stage: &Stage<'_>, class: &str) {
    let volume = format!("volume-of-{}", stage.namespace());
    let capacity = json!({ "storage": "2Gi" });
    stage
        .objects
        .apply_value(json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": { "name": class },
            "provisioner": "kubernetes.io/no-provisioner",
        }))
        .await;
    stage
        .objects
        .apply_value(json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": volume },
            "spec": {
                "capacity": capacity, "accessModes": ["ReadWriteOnce"], "storageClassName": class,
                "hostPath": { "path": "/nowhere" },
                "claimRef": { "namespace": stage.namespace(), "name": CLAIM },
            },
        }))
        .await;
    let bound = json!({ "spec": { "volumeName": volume } });
    stage.objects.patch("persistentvolumeclaims", CLAIM, bound).await;
    let status =
        json!({ "phase": "Bound", "capacity": capacity, "accessModes": ["ReadWriteOnce"] });
    stage.objects.patch_status("persistentvolumeclaims", CLAIM, status).await;
}

/// Asks for a size that is refused, and gives what condition ClaimReady says of it.
async fn asked(stage: &Stage<'_>, size: &str, reason: &str) -> String {
    stage.change("tell", storage(size)).await;
    let status = ("False", reason);
    let told =
        stage.objects.wait_for_condition(("botmodules", "tell"), "ClaimReady", status, LONG).await;
    message(&told, "ClaimReady").to_owned()
}

/// That nothing but the claim was written, and that only so often; and that the module goes on.
async fn left_alone(stage: &Stage<'_>, claim_writes: usize) {
    for number in 0..3 {
        let value = json!(number.to_string());
        stage.annotate(("botmodules", "tell"), "eevee.bot/reconcile-requested", value).await;
        stage.relist().await;
    }
    stage.settled().await;
    // 409: the claim was bound unseen, which is no answer to what was asked.
    let writes = stage.edge.select(|request| {
        let is_answered = request.is_write() && request.status != Some(409);
        is_answered && request.resource == "persistentvolumeclaims"
    });
    assert_eq!(writes.len(), claim_writes, "{}", stage.edge.listing());
    assert!(stage.deployment_writes("tell").is_empty(), "{}", stage.edge.listing());
    assert_eq!(stage.told("ResizeRefused", "tell").await.len(), 1);
    stage.ready("tell").await;
    let claim = stage.objects.existing("persistentvolumeclaims", CLAIM).await;
    assert_eq!(claim["spec"]["resources"]["requests"]["storage"], "2Gi");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn growth_that_the_class_forbids_is_asked_for_once_and_told() {
    let mut stage = with_claim("claims", "rigid").await;
    bind(&stage, "rigid").await;
    let said = asked(&stage, "5Gi", "ResizeRefused").await;
    for part in ["has 2Gi", "grow to 5Gi", "HTTP 403"] {
        assert!(said.contains(part), "{said}");
    }
    left_alone(&stage, 1).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn growth_of_an_unbound_claim_is_asked_for_once_and_told() {
    let mut stage = with_claim("claims", "unbound").await;
    let said = asked(&stage, "5Gi", "ResizeRefused").await;
    for part in ["has 2Gi", "grow to 5Gi", "HTTP 422"] {
        assert!(said.contains(part), "{said}");
    }
    left_alone(&stage, 1).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_smaller_claim_is_never_asked_for() {
    let mut stage = with_claim("claims", "unbound").await;
    let said = asked(&stage, "1Gi", "ShrinkRefused").await;
    assert!(said.contains("has 2Gi") && said.contains("asks for 1Gi"), "{said}");
    left_alone(&stage, 0).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_was_bound_meanwhile_grows() {
    let mut stage = with_claim("claims", "elastic").await;
    asked(&stage, "5Gi", "ResizeRefused").await;
    bind(&stage, "elastic").await;
    let elastic = json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": { "name": "elastic" },
        "provisioner": "kubernetes.io/no-provisioner", "allowVolumeExpansion": true,
    });
    stage.objects.apply_value(elastic).await;
    // The class is never looked at: the claim's own next change is the sign to ask again.
    let labels = json!({ "metadata": { "labels": { "touched": "yes" } } });
    stage.objects.patch("persistentvolumeclaims", CLAIM, labels).await;
    let has_grown = |claim: Option<&Value>| {
        (claim?["spec"]["resources"]["requests"]["storage"] == "5Gi").then_some(())
    };
    stage.objects.wait("persistentvolumeclaims", CLAIM, LONG, has_grown).await;
    let resizing = ("Unknown", "Resizing");
    let told =
        stage.objects.wait_for_condition(("botmodules", "tell"), "ClaimReady", resizing, LONG);
    let said = told.await;
    let said = message(&said, "ClaimReady");
    assert!(said.contains("2Gi") && said.contains("5Gi"), "{said}");
    assert!(stage.deployment_writes("tell").is_empty());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_on_its_way_out_is_told_and_left_alone_and_its_pods_stay() {
    let mut stage = with_claim("claims", "unbound").await;
    let held = json!({ "metadata": { "finalizers": ["example.org/held"] } });
    let claim = stage.objects.patch("persistentvolumeclaims", CLAIM, held).await;
    stage.objects.delete("persistentvolumeclaims", CLAIM).await;
    let mut spec = storage("5Gi");
    spec["image"] = "tell:2".into();
    stage.change("tell", spec).await;
    let claim_ready = ("False", "Terminating");
    stage.objects.wait_for_condition(("botmodules", "tell"), "ClaimReady", claim_ready, LONG).await;
    let ready = ("Unknown", "Updating");
    stage.objects.wait_for_condition(("botmodules", "tell"), "Ready", ready, LONG).await;
    stage.settled().await;
    let writes = stage.edge.select(|request| {
        request.is_write()
            && ["persistentvolumeclaims", "deployments"].contains(&request.resource.as_str())
    });
    assert!(writes.is_empty(), "{}", stage.edge.listing());
    assert_eq!(stage.told("Terminating", "tell").await.len(), 1);

    let free = json!({ "metadata": { "finalizers": null } });
    stage.objects.patch("persistentvolumeclaims", CLAIM, free).await;
    let is_new = |live: Option<&Value>| {
        let live = live?;
        (live["metadata"]["uid"] != claim["metadata"]["uid"]).then(|| live.clone())
    };
    let new = stage.objects.wait("persistentvolumeclaims", CLAIM, LONG, is_new).await;
    assert_eq!(new["spec"]["resources"]["requests"]["storage"], "5Gi");
    let as_wanted = ("True", "AsWanted");
    stage.objects.wait_for_condition(("botmodules", "tell"), "ClaimReady", as_wanted, LONG).await;
    let is_changed = |live: Option<&Value>| (image(live?) == "tell:2").then_some(());
    stage.objects.wait("deployments", "eevee-tell-module", LONG, is_changed).await;
    stage.stop().await;
}
