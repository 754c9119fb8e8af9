//! Ours, then the former operator's, then ours again: the end does not depend on it.

use super::{TAKEN_OVER, former, get, nothing_was_refused};
use crate::cluster::Casing;
use crate::operator::cluster;
use crate::scene::Scene;
use serde_json::{Value, json};

/// Annotations that count revisions.
const COUNTED: [&str; 1] = ["deployment.kubernetes.io/revision"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_former_operator_writes_meanwhile_goes_and_what_others_write_stays() {
    let mut scene = Scene::new((cluster(), Casing::Camel), "again").await;
    former::leave_behind(&scene).await;
    go_on(&mut scene).await;
    former::write_as_others(&scene).await;
    former::has_run(&scene).await;
    scene.settled().await;
    let ours = all(&scene).await;
    others_are_there(&scene).await;
    scene.stop().await;

    former::write_again(&scene).await;
    former::has_run(&scene).await;
    assert_ne!(all(&scene).await, ours);
    go_on(&mut scene).await;
    nothing_was_refused(&scene);
    let again = all(&scene).await;
    for (ours, again) in ours.iter().zip(&again) {
        assert_eq!(again, ours);
    }
    others_are_there(&scene).await;
    scene.starts_without_a_write().await;
    scene.stop().await;
}

/// Starts the operator, and waits until all is as it wants.
async fn go_on(scene: &mut Scene<'_>) {
    scene.start().await;
    scene.settled().await;
    scene.nats_is_ready("main").await;
    for module in ["admin", "dice"] {
        scene.module_is_ready(module).await;
    }
    scene.settled().await;
    former::has_run(scene).await;
}

/// What people see of each object.
async fn all(scene: &Scene<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for object in TAKEN_OVER {
        let mut live = get(scene, object).await;
        let metadata = &mut live["metadata"];
        if let Some(annotations) = metadata["annotations"].as_object_mut() {
            annotations.retain(|key, _| !COUNTED.contains(&key.as_str()));
        }
        let metadata =
            json!([metadata["labels"], metadata["annotations"], metadata["ownerReferences"]]);
        all.push(json!([object, metadata, live["spec"], live["data"]]));
    }
    all
}

async fn others_are_there(scene: &Scene<'_>) {
    let dice = get(scene, ("deployments", "eevee-dice-module")).await;
    let dice = dice["spec"]["template"].to_string();
    for kept in ["restartedAt", "\"team\"", "sidecar", "scratch", "OTHER"] {
        assert!(dice.contains(kept), "{kept} is gone: {dice}");
    }
    let config = get(scene, ("configmaps", "eevee-admin-module-config")).await;
    assert_eq!(config["metadata"]["labels"]["tier"], "1");
}
