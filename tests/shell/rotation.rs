//! A new token for NATS and all that use it.

use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Fault, Request};
use serde_json::{Value, json};

const MAIN: (&str, &str) = ("ipcconfigs", "main");
const NATS: &str = "eevee-main-nats";
const TOKEN: &str = "eevee-main-nats-token";
const MODULES: [&str; 2] = ["echo", "dice"];

async fn with_bot() -> Stage<'static> {
    let stage = Stage::set("rotation").await;
    stage.apply_nats("main").await;
    for module in MODULES {
        stage.apply_module(module, json!({ "image": "a", "ipcConfig": "main" })).await;
    }
    for module in MODULES {
        stage.ready(module).await;
    }
    stage.settled().await;
    stage.edge.clear();
    stage
}

async fn token(stage: &Stage<'_>) -> Value {
    stage.objects.existing("secrets", TOKEN).await["data"]["token"].clone()
}

async fn rotate(stage: &Stage<'_>, value: &str) {
    stage.annotate(MAIN, "eevee.bot/rotate-token", json!(value)).await;
    let done = ("True", "TokenRotated");
    stage.objects.wait_for_condition(MAIN, "TokenRotated", done, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_token_reaches_nats_first_and_then_each_module_once() {
    let mut stage = with_bot().await;
    let before = token(&stage).await;
    rotate(&stage, "1").await;
    assert_ne!(token(&stage).await, before);
    let rolled = |requests: &[Request]| {
        let is_rolled = |module: &&str| {
            requests.iter().any(|request| {
                request.is_write()
                    && request.path.ends_with(&deployment(module))
                    && request.succeeded()
            })
        };
        MODULES.iter().all(is_rolled).then_some(())
    };
    stage.edge.wait_for("both modules roll", LONG, rolled).await;
    stage.settled().await;

    let nats = stage.writes_to_deployment(NATS);
    assert_eq!(nats.len(), 1, "{nats:?}");
    for module in MODULES {
        let module_writes = stage.deployment_writes(module);
        assert_eq!(module_writes.len(), 1, "{module_writes:?}");
        assert!(nats[0].finished < Some(module_writes[0].at), "NATS comes first");
        assert_eq!(stage.revisions(&deployment(module)).await, 2);
        stage.ready(module).await;
    }
    assert_eq!(stage.revisions(NATS).await, 2);
    assert_eq!(stage.told("TokenRotated", "main").await.len(), 1);
    let secret_writes = stage.edge.select(|r| r.is_write() && r.path.ends_with(TOKEN));
    assert_eq!(secret_writes.len(), 1, "{secret_writes:?}");
    stage.stop().await;
}

/// Pods with the new token could not log in to a NATS server that still has the old one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn modules_keep_their_token_until_nats_serves_the_new_one() {
    let mut stage = with_bot().await;
    let unwilling = |request: &Request| request.is_write() && request.path.ends_with(NATS);
    let held = stage.edge.rule(unwilling, Fault::Status(503));
    stage.annotate(MAIN, "eevee.bot/rotate-token", json!("1")).await;
    held.hit(LONG).await;
    stage.change("echo", json!({ "image": "b" })).await;
    stage.ready("echo").await;
    let digest = |deployment: &Value| {
        deployment["spec"]["template"]["metadata"]["annotations"]["eevee.bot/token-digest"].clone()
    };
    let of =
        async |module| digest(&stage.objects.existing("deployments", &deployment(module)).await);
    let old = of("dice").await;
    assert_eq!(of("echo").await, old, "it was rolled by another change");
    held.release();
    for module in MODULES {
        let has_new = |live: Option<&Value>| (digest(live?) != old).then_some(());
        stage.objects.wait("deployments", &deployment(module), LONG, has_new).await;
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_rotates_once_and_the_next_one_again() {
    let mut stage = with_bot().await;
    rotate(&stage, "1").await;
    stage.settled().await;
    let first = token(&stage).await;
    stage.edge.clear();
    stage.annotate(MAIN, "eevee.bot/rotate-token", Value::Null).await;
    stage.annotate(MAIN, "eevee.bot/rotate-token", json!("1")).await;
    stage.settled().await;
    assert_eq!(token(&stage).await, first);
    stage.annotate(MAIN, "eevee.bot/rotate-token", json!("2")).await;
    let changed = |secret: Option<&Value>| (secret?["data"]["token"] != first).then_some(());
    stage.objects.wait("secrets", TOKEN, LONG, changed).await;
    stage.stop().await;
}
