//! Whose objects the operator may see and change.

use crate::bot::{self, BOT};
use crate::cluster::{Casing, Cluster};
use crate::operator::{LONG, Running, TOKEN, cluster, settings};
use crate::stage::QUIET;
use crate::support::{Edge, Objects};
use eevee_operator::snapshot::Settings;
use serde_json::json;
use tokio::task::block_in_place;

const SECRET: &str = "eevee-operator-api-token";

const ASKING: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: asking}
spec: {image: 'registry.example/asking:1', mountOperatorApiToken: true}
";

const OWN_TOKEN: &str = "
apiVersion: v1
kind: Secret
metadata: {name: eevee-operator-api-token}
stringData: {token: somebody-elses}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_leave_every_request_is_about_the_own_namespace() {
    let elsewhere = Objects::in_fresh_namespace(cluster(), "elsewhere").await;
    elsewhere.apply(BOT).await;
    let mut stage = bot::settled("own").await;
    elsewhere.patch("botmodules", "plain", json!({ "spec": { "size": 2 } })).await;
    elsewhere.delete("botmodules", "full").await;
    stage.settled().await;
    let own = stage.namespace();
    let is_discovery = |path: &str| path == "/apis/eevee.bot/v1";
    let strays =
        stage.edge.select(|r| r.namespace.as_deref() != Some(own) && !is_discovery(&r.path));
    assert!(strays.is_empty(), "{strays:?}");
    let stray_bodies = stage.edge.select(|r| {
        r.body.pointer("/metadata/namespace").is_some_and(|namespace| namespace != own)
    });
    assert!(stray_bodies.is_empty(), "{stray_bodies:?}");
    assert!(elsewhere.names("deployments").await.is_empty());
    let module = elsewhere.existing("botmodules", "plain").await;
    // As the API server makes it: nobody has looked at it.
    assert_eq!(module["status"]["observedGeneration"], -1, "{module}");
    assert!(module["status"]["conditions"].is_null(), "{module}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_leave_modules_of_every_namespace_get_what_they_ask_for_and_no_more() {
    let cluster = block_in_place(|| {
        let cluster = Cluster::api();
        cluster.install_crds(Casing::Camel);
        cluster
    });
    let own = Objects::in_fresh_namespace(&cluster, "own").await;
    let bots = [
        Objects::in_fresh_namespace(&cluster, "bot").await,
        Objects::in_fresh_namespace(&cluster, "bot").await,
    ];
    let stubborn = Objects::in_fresh_namespace(&cluster, "stubborn").await;
    stubborn.apply(OWN_TOKEN).await;
    let edge = Edge::new();
    let settings = Settings { watch_other_namespaces: true, ..settings(own.namespace()) };
    let running = Running::start_as(&cluster, settings, &edge, "test").await;
    for objects in bots.iter().chain([&stubborn]) {
        objects.apply(ASKING).await;
    }
    for objects in bots.iter().chain([&stubborn]) {
        objects.wait_until_there("deployments", "eevee-asking-module", LONG).await;
    }
    for objects in &bots {
        assert_eq!(token(objects).await.as_deref(), Some(TOKEN));
    }
    edge.settled(QUIET, LONG).await;
    assert!(own.get("secrets", SECRET).await.is_none(), "nobody asks in the own namespace");

    bots[0].delete("botmodules", "asking").await;
    stubborn.delete("botmodules", "asking").await;
    bots[0].wait_until_gone("secrets", SECRET, LONG).await;
    edge.settled(QUIET, LONG).await;
    assert_eq!(token(&bots[1]).await.as_deref(), Some(TOKEN), "somebody still asks");
    assert_eq!(token(&stubborn).await.as_deref(), Some("somebody-elses"));
    running.stop().await;
}

async fn token(objects: &Objects) -> Option<String> {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let secret = objects.get("secrets", SECRET).await?;
    let bytes = BASE64_STANDARD.decode(secret["data"]["token"].as_str()?).expect("base64");
    Some(String::from_utf8(bytes).expect("a text"))
}
