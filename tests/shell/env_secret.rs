//! A Secret that becomes a module's environment.

use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::Request;
use serde_json::json;

async fn with_secret() -> Stage<'static> {
    let stage = Stage::set("environment").await;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "credentials" },
        "stringData": { "PASSWORD": "one" },
    });
    stage.objects.apply_value(secret).await;
    let spec = json!({ "image": "discord:1", "envSecret": { "name": "credentials" } });
    stage.apply_module("discord", spec).await;
    stage.ready("discord").await;
    stage.settled().await;
    stage.edge.clear();
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_secret_rolls_its_module_once() {
    let mut stage = with_secret().await;
    stage
        .objects
        .patch("secrets", "credentials", json!({ "stringData": { "PASSWORD": "two" } }))
        .await;
    let (namespace, name) = (stage.namespace().to_owned(), deployment("discord"));
    let rolls = move |request: &Request| {
        request.is_write() && request.names(&namespace, &name) && request.succeeded()
    };
    stage.edge.wait_for_request("the module rolls", LONG, rolls).await;
    stage.settled().await;
    assert_eq!(stage.deployment_writes("discord").len(), 1, "{}", stage.edge.listing());
    assert_eq!(stage.revisions(&deployment("discord")).await, 2);
    stage.ready("discord").await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn labels_of_a_secret_roll_nothing() {
    let mut stage = with_secret().await;
    let labels = json!({ "metadata": { "labels": { "team": "bots" } } });
    let changed = stage.objects.patch("secrets", "credentials", labels).await;
    assert_eq!(changed["metadata"]["labels"]["team"], "bots");
    let is_read = |request: &Request| {
        request.resource == "secrets" && request.name.is_some() && request.succeeded()
    };
    stage.edge.wait_for_request("the Secret is read anew", LONG, is_read).await;
    stage.settled().await;
    assert!(stage.edge.writes().is_empty(), "{}", stage.edge.listing());
    assert_eq!(stage.revisions(&deployment("discord")).await, 1);
    stage.stop().await;
}
