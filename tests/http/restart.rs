//! Restarting a module.

use crate::fake::{Fake, Outcome, module};
use crate::server::{Server, TOKEN};
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use eevee_operator::shell::http::{Limits, RestartError};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const RESTART: &str = "/api/action/restart-module";

fn fake() -> Fake {
    Fake::with([
        module("bots", "echo", json!({ "image": "echo:1", "moduleName": "twin" })),
        module("bots", "other", json!({ "image": "echo:1", "moduleName": "twin" })),
        module("bots", "single", json!({ "image": "echo:1", "moduleName": "Logical" })),
        module("bots", "real", json!({ "image": "echo:1", "moduleName": "echo" })),
        module("more", "echo", json!({ "image": "echo:1" })),
    ])
}

async fn restart(server: &Server, module_name: &str, namespace: &str) -> crate::client::Answer {
    let body = json!({ "moduleName": module_name, "namespace": namespace });
    server.post(RESTART, &body.to_string()).await
}

fn restarted(server: &Server) -> Vec<ObjectRef> {
    server.backend.restarted.lock().unwrap().iter().map(|(module, _)| module.clone()).collect()
}

#[tokio::test]
async fn a_module_is_restarted_now_by_the_name_of_its_resource() {
    let server = Server::start(fake());
    let before = Timestamp::now();
    let answer = restart(&server, "echo", "bots").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "message": "Module echo restart initiated successfully" }));
    assert_eq!(restarted(&server), [ObjectRef::new(Kind::BotModule, "bots", "echo")]);
    let at = server.backend.restarted.lock().unwrap()[0].1;
    assert!((before..=Timestamp::now()).contains(&at));
}

#[tokio::test]
async fn a_module_is_restarted_by_its_module_name_where_no_resource_has_it() {
    let server = Server::start(fake());
    let answer = restart(&server, "Logical", "bots").await;
    let message = json!({ "message": "Module Logical restart initiated successfully" });
    assert_eq!((answer.status, answer.json()), (200, message));
    assert_eq!(restarted(&server), [ObjectRef::new(Kind::BotModule, "bots", "single")]);
}

#[tokio::test]
async fn several_modules_of_one_name_are_listed() {
    let server = Server::start(fake());
    let answer = restart(&server, "twin", "bots").await;
    assert_eq!(answer.status, 409);
    assert!(answer.error().contains("spec.moduleName twin"), "{}", answer.error());
    assert_eq!(answer.json()["details"], json!(["echo", "other"]));
    assert!(restarted(&server).is_empty());
}

#[tokio::test]
async fn a_member_that_is_missing_or_no_text_is_named() {
    let server = Server::start(fake());
    for (body, error, details) in [
        (json!({}), "moduleName is required", "is nothing"),
        (json!({ "namespace": "bots" }), "moduleName is required", "is nothing"),
        (json!({ "moduleName": null, "namespace": "bots" }), "moduleName is required", "is null"),
        (json!({ "moduleName": "", "namespace": "bots" }), "moduleName is required", "is an empty"),
        (json!({ "moduleName": 1, "namespace": "bots" }), "moduleName is required", "is a number"),
        (json!({ "moduleName": "echo" }), "namespace is required", "is nothing"),
        (json!({ "moduleName": "echo", "namespace": "" }), "namespace is required", "is an empty"),
        (json!({ "moduleName": "echo", "namespace": [] }), "namespace is required", "is an array"),
        (json!({ "moduleName": "echo", "namespace": {} }), "namespace is required", "is an object"),
        (json!({ "moduleName": true, "namespace": 1 }), "moduleName is required", "is a boolean"),
    ] {
        let answer = server.post(RESTART, &body.to_string()).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, error), "{body}");
        let found = answer.json()["details"].as_str().unwrap().to_owned();
        assert!(found.contains(details), "{body}: {found}");
    }
    assert!(restarted(&server).is_empty());
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start(fake());
    for (name, namespace, error) in [
        ("nobody", "bots", "Module nobody not found in namespace bots"),
        ("single", "more", "Module single not found in namespace more"),
        ("../secrets/x", "bots", "Module ../secrets/x not found in namespace bots"),
        ("echo", "elsewhere", "Namespace elsewhere is not watched"),
    ] {
        let answer = restart(&server, name, namespace).await;
        assert_eq!((answer.status, answer.error().as_str()), (404, error));
    }
    assert!(restarted(&server).is_empty());
}

#[tokio::test]
async fn a_module_without_a_deployment_is_not_found() {
    let outcome = Outcome::Fails(RestartError::NoDeployment("it is disabled".to_owned()));
    let server = Server::start(Fake { outcome, ..fake() });
    let answer = restart(&server, "echo", "bots").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.error(), "Deployment for module echo not found in namespace bots");
    assert_eq!(answer.json()["details"], "it is disabled");
}

#[tokio::test]
async fn a_cluster_that_refuses_is_an_error_of_the_server() {
    let outcome = Outcome::Fails(RestartError::Cluster("HTTP 503".to_owned()));
    let server = Server::start(Fake { outcome, ..fake() });
    let answer = restart(&server, "echo", "bots").await;
    assert_eq!((answer.status, answer.error().as_str()), (500, "Failed to restart module echo"));
    assert_eq!(answer.json()["details"], "HTTP 503");
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_waited_for_so_long() {
    let limits = Limits { cluster_time: Duration::from_millis(100), ..Limits::default() };
    let fake = Fake { outcome: Outcome::Waits(Arc::default()), ..fake() };
    let server = Server::start_with(fake, Some(TOKEN), limits);
    let answer = restart(&server, "echo", "bots").await;
    assert_eq!((answer.status, answer.error().as_str()), (500, "Failed to restart module echo"));
    assert_eq!(answer.json()["details"], "the cluster did not answer in time");
}

#[tokio::test]
async fn restarts_are_counted_by_the_names_of_modules_that_there_are() {
    let server = Server::start(fake());
    restart(&server, "single", "bots").await;
    restart(&server, "Logical", "bots").await;
    for number in 0..20 {
        restart(&server, &format!("nobody-{number}"), "bots").await;
    }
    let text = server.metrics.text();
    let found: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("eevee_operator_module_restarts_total{"))
        .map(Value::from)
        .collect();
    let app = "app=\"eevee-operator\"";
    assert_eq!(
        found,
        [
            format!("module_name=\"Logical\",namespace=\"bots\",success=\"true\",{app}}} 2"),
            format!("module_name=\"unknown\",namespace=\"unknown\",success=\"false\",{app}}} 20"),
        ]
    );
}
