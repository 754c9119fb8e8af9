//! How all resources are told.

use crate::client::{Answer, Client, request};
use crate::fake::Fake;
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::overview::{
    IpcConfig, Level, Module, Namespace, Overview, ReadyCondition, Resource,
};
use eevee_operator::shell::http::Limits;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

fn module(name: &str, level: Level) -> Module {
    let ready = ReadyCondition {
        status: "True".to_owned(),
        reason: "AvailableReplicas".to_owned(),
        message: "1 of 1".to_owned(),
        since: None,
    };
    let resource =
        Resource { name: name.to_owned(), level, ready: Some(ready), ..Resource::default() };
    Module { resource, enabled: true, wanted: 1, replicas_ready: 1, ..Module::default() }
}

fn overview(modules: Vec<Module>) -> Overview {
    let mut overview = Overview::default();
    for module in &modules {
        overview.totals.count(module.resource.level);
    }
    let namespace = Namespace { name: "bots".to_owned(), modules, ..Namespace::default() };
    overview.namespaces.push(namespace);
    overview
}

fn server_with(overview: Overview) -> Server {
    let fake = Fake::default();
    fake.change(overview);
    Server::start(fake)
}

async fn ask_with_tag(server: &Server, tag: &str) -> Answer {
    let mut client = Client::connect(server.address).await;
    client.send(request("GET", "/api/status", &[BEARER, ("If-None-Match", tag)])).await;
    client.answer_without_body().await
}

#[tokio::test]
async fn holders_of_the_token_are_told_how_all_resources_are() {
    let server = server_with(overview(vec![module("echo", Level::Ok)]));
    let answer = server.get("/api/status").await;
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["leftOut"], 0);
    assert_eq!(json["totals"]["ok"], 1);
    assert_eq!(json["namespaces"][0]["modules"][0]["name"], "echo");
    for (name, value) in [("cache-control", "no-store"), ("x-content-type-options", "nosniff")] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(
        server.ask("GET", "/api/status", &[]).await.error(),
        "Authorization header required"
    );
    let wrong = [("Authorization", "Bearer wrong")];
    assert_eq!(server.ask("GET", "/api/status", &wrong).await.error(), "Invalid token");
    assert_eq!(server.post("/api/status", "{}").await.status, 405);
}

#[tokio::test]
async fn nothing_is_told_before_the_cluster_has_answered() {
    let waiting = Some("caches are filling: pods".to_owned());
    let server = Server::start(Fake { waiting, ..Fake::default() });
    let answer = server.get("/api/status").await;
    assert_eq!((answer.status, answer.error().as_str()), (500, "The cluster has not answered yet"));
    assert_eq!(answer.json()["details"], "caches are filling: pods");
}

#[tokio::test]
async fn who_knows_it_already_is_told_nothing_and_costs_no_look() {
    let server = server_with(overview(vec![module("echo", Level::Ok)]));
    let first = server.get("/api/status").await;
    let tag = first.header("etag").expect("a tag").to_owned();
    for _ in 0..3 {
        let answer = ask_with_tag(&server, &tag).await;
        assert_eq!((answer.status, answer.header("etag")), (304, Some(tag.as_str())));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(server.backend.looks.load(Ordering::SeqCst), 1);

    server.backend.change(overview(vec![module("echo", Level::Failed)]));
    let mut client = Client::connect(server.address).await;
    client.send(request("GET", "/api/status", &[BEARER, ("If-None-Match", &tag)])).await;
    let changed = client.answer().await;
    assert_eq!(changed.json()["totals"]["failed"], 1);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));

    // What was before is known by its old name, in any replica.
    server.backend.change(overview(vec![module("echo", Level::Ok)]));
    assert_eq!(ask_with_tag(&server, &tag).await.status, 304);
}

#[tokio::test]
async fn holders_of_the_token_may_look_as_often_as_they_like_and_nobody_else() {
    let limits = Limits { requests: 3, ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    for _ in 0..50 {
        assert_eq!(server.get("/api/status").await.status, 200);
    }
    let strangers =
        [&[][..], &[("Authorization", "Bearer wrong")], &[("Authorization", "Basic a")]];
    for headers in strangers {
        assert_eq!(server.ask("GET", "/api/status", headers).await.status, 401);
    }
    for headers in strangers {
        assert_eq!(server.ask("GET", "/api/status", headers).await.status, 429);
    }
    assert_eq!(server.get("/api/bot-modules").await.status, 429);
    assert_eq!(server.get("/api/status").await.status, 200);
}

fn names(modules: &Value) -> Vec<&str> {
    let modules = modules.as_array().expect("an array").iter();
    modules.map(|module| module["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn of_many_thousands_those_that_are_well_are_left_out() {
    let well = (0..6000).map(|number| module(&format!("well-{number}"), Level::Ok));
    let mut all = overview(well.chain([module("bad", Level::Failed)]).collect());
    let ipc = Resource { name: "main".to_owned(), ..Resource::default() };
    all.totals.count(ipc.level);
    let modules = vec![module("inner", Level::Warning), module("last", Level::Ok)];
    for module in &modules {
        all.totals.count(module.resource.level);
    }
    all.namespaces[0].ipc_configs.push(IpcConfig {
        resource: ipc,
        modules,
        ..IpcConfig::default()
    });
    let server = server_with(all);
    let json = server.get("/api/status").await.json();
    assert_eq!(json["leftOut"], 6000 + 4 - 5000);
    assert_eq!(json["totals"]["ok"], 6002);
    let namespace = &json["namespaces"][0];
    assert_eq!(names(&namespace["modules"]).last(), Some(&"bad"));
    assert!(names(&namespace["ipcConfigs"][0]["modules"]).contains(&"inner"));
}

#[tokio::test]
async fn no_text_makes_an_answer_large() {
    let mut loud = module("loud", Level::Failed);
    loud.image = Some("x".repeat(1_000_000));
    let server = server_with(overview(vec![loud]));
    let answer = server.get("/api/status").await;
    assert!(answer.body.len() < 3000, "{} bytes", answer.body.len());
    let told = answer.json()["namespaces"][0]["modules"][0]["image"].clone();
    assert_eq!(told, json!("x".repeat(1000) + "…"));
}
