//! Ours, then the former operator's, then ours again: the end does not depend on it.

use super::{TAKEN_OVER, former, get, nothing_was_refused};
use crate::stage::Stage;
use serde_json::{Value, json};

/// Annotations that count revisions.
const COUNTED: [&str; 1] = ["deployment.kubernetes.io/revision"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_former_operator_writes_meanwhile_goes_and_what_others_write_stays() {
    let mut stage = Stage::without_operator("again").await;
    former::leave_behind(&stage).await;
    go_on(&mut stage).await;
    former::write_as_others(&stage).await;
    former::has_run(&stage).await;
    stage.settled().await;
    let ours = all(&stage).await;
    others_are_there(&stage).await;
    stage.stop().await;

    former::write_again(&stage).await;
    former::has_run(&stage).await;
    assert_ne!(all(&stage).await, ours);
    go_on(&mut stage).await;
    nothing_was_refused(&stage);
    let again = all(&stage).await;
    for (ours, again) in ours.iter().zip(&again) {
        assert_eq!(again, ours);
    }
    others_are_there(&stage).await;
    stage.statuses_settled().await;
    stage.starts_without_a_write().await;
    stage.stop().await;
}

/// Starts the operator, and waits until all is as it wants.
async fn go_on(stage: &mut Stage<'_>) {
    stage.start_looking().await;
    stage.settled().await;
    stage.all_ready(&former::MODULES).await;
    stage.settled().await;
    former::has_run(stage).await;
}

/// What people see of each object.
async fn all(stage: &Stage<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    for object in TAKEN_OVER {
        let mut live = get(stage, object).await;
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

async fn others_are_there(stage: &Stage<'_>) {
    let dice = get(stage, ("deployments", "eevee-dice-module")).await;
    let dice = dice["spec"]["template"].to_string();
    for kept in ["restartedAt", "\"team\"", "sidecar", "scratch", "OTHER"] {
        assert!(dice.contains(kept), "{kept} is gone: {dice}");
    }
    let config = get(stage, ("configmaps", "eevee-admin-module-config")).await;
    assert_eq!(config["metadata"]["labels"]["tier"], "1");
}
