//! What tests see past the edge.

use crate::cluster::{Cluster, shared};
use crate::operator::LONG;
use crate::support::{EXAMPLE_BOT, Objects, condition, documents, example_bot};
use serde_json::json;
use tokio::sync::Notify;

const MAP: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {count: '0'}
---
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: a}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: a}}}
";

#[tokio::test]
async fn objects_come_change_and_go() {
    let objects = Objects::in_fresh_namespace(shared(), "objects").await;
    assert!(objects.get("configmaps", "a").await.is_none());
    objects.apply(MAP).await;
    assert_eq!(objects.names("poddisruptionbudgets").await, ["a"]);
    let there = objects.get("configmaps", "a").await.expect("the map");
    assert_eq!(there["metadata"]["namespace"], objects.namespace());
    // Each change is made when the state before it was seen, so that only the watch can tell of it.
    let step = Notify::new();
    let changes = async {
        step.notified().await;
        objects.patch("configmaps", "a", json!({ "data": { "count": "1" } })).await;
        step.notified().await;
        objects.delete("configmaps", "a").await;
    };
    let mut counts = Vec::new();
    let seen = objects.wait("configmaps", "a", LONG, |map| {
        let Some(map) = map else { return Some(()) };
        counts.push(map["data"]["count"].clone());
        step.notify_one();
        None
    });
    tokio::join!(seen, changes);
    assert_eq!(counts, ["0", "1"]);
    objects.delete("configmaps", "a").await;
}

#[tokio::test]
async fn a_status_is_waited_for() {
    let objects = Objects::in_fresh_namespace(shared(), "objects").await;
    objects.apply(MAP).await;
    let conditions = json!([{
        "type": "Ready", "status": "True", "reason": "Done", "message": "",
        "lastTransitionTime": "2026-01-02T03:04:05Z",
    }]);
    let budget = ("poddisruptionbudgets", "a");
    let (found, _) = tokio::join!(
        objects.wait_for_condition(budget, "Ready", ("True", "Done"), LONG),
        objects.patch_status(budget.0, budget.1, json!({ "conditions": conditions })),
    );
    assert_eq!(condition(&found, "Ready").expect("the condition")["status"], "True");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_goes_on_after_an_outage() {
    let cluster = Cluster::api();
    let objects = Objects::within(&cluster, "default").await;
    objects.apply(MAP).await;
    let outage = async {
        tokio::task::block_in_place(|| {
            cluster.stop_api();
            cluster.start_api();
        });
        objects.patch("configmaps", "a", json!({ "data": { "count": "1" } })).await
    };
    let one =
        objects.wait("configmaps", "a", LONG, |map| (map?["data"]["count"] == "1").then_some(()));
    tokio::join!(one, outage);
}

#[test]
fn the_example_bot_moves_to_any_namespace() {
    let bot = example_bot("elsewhere");
    assert_eq!(bot.len(), documents(EXAMPLE_BOT).len());
    assert!(bot.iter().all(|object| object["metadata"]["namespace"] == "elsewhere"));
}
