//! One client that wants all connections to itself, and the others.

use crate::client::{Client, FOREVER, post, request};
use crate::fake::{Fake, Outcome, module};
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::shell::http::Limits;
use serde_json::json;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

const RESTART: &str = "/api/action/restart-module";
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// More than the connections that are served at once, and less than those that may wait.
const GREEDY: usize = 900;

/// Connects so often from one address, and sends the same on each connection.
async fn greedy(server: &Server, bytes: &str, connections: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..connections {
        let mut client = Client::connect(server.address).await;
        client.send(bytes).await;
        clients.push(client);
    }
    clients
}

/// Fails where another client waits for a connection of the greedy one to be cut.
async fn assert_answers_another(server: &Server) {
    let began = Instant::now();
    let mut client = Client::connect_from(OTHER, server.address).await;
    client.send(request("GET", "/livez", &[])).await;
    assert_eq!(client.answer().await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn half_open_connections_of_one_client_keep_no_other_waiting() {
    let server = Server::start(Fake::default());
    for bytes in ["", "G", "GET /livez HTTP/1.1\r\nHost: test\r\nA: "] {
        let _greedy = greedy(&server, bytes, GREEDY).await;
        assert_answers_another(&server).await;
    }
}

#[tokio::test]
async fn slow_bodies_of_one_client_keep_no_other_waiting() {
    let limits = Limits { requests: u32::MAX, ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    let head = request("POST", RESTART, &[BEARER, ("Content-Length", "1000")]);
    let _greedy = greedy(&server, &head, GREEDY).await;
    assert_answers_another(&server).await;
}

#[tokio::test]
async fn answers_that_one_client_waits_for_keep_no_other_waiting() {
    let mut fake = Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]);
    fake.outcome = Outcome::Waits(std::sync::Arc::default());
    let limits = Limits { requests: u32::MAX, ..Limits::default() };
    let server = Server::start_with(fake, Some(TOKEN), limits);
    let body = r#"{"moduleName":"echo","namespace":"bots"}"#;
    let _greedy = greedy(&server, &post(RESTART, &[BEARER], body), GREEDY).await;
    assert_answers_another(&server).await;
}

/// They are kept as long as nobody else needs them.
#[tokio::test]
async fn idle_connections_of_one_client_keep_no_other_waiting() {
    let server = Server::start(Fake::default());
    let mut idle = greedy(&server, &request("GET", "/livez", &[]), GREEDY).await;
    for client in &mut idle {
        assert_eq!(client.answer().await.status, 200);
    }
    assert_answers_another(&server).await;
}

/// Its own connections wait for one another.
#[tokio::test]
async fn a_client_is_served_its_share_and_then_the_rest() {
    let limits = Limits {
        connections: 8,
        client_connections: 2,
        head_time: Duration::from_secs(1),
        ..Limits::default()
    };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    let began = Instant::now();
    let mut slow = greedy(&server, "GET / HT", 2).await;
    let mut third = Client::connect(server.address).await;
    third.send(request("GET", "/livez", &[])).await;
    assert_answers_another(&server).await;
    assert_eq!(third.answer().await.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(900), "{:?}", began.elapsed());
    for client in &mut slow {
        assert!(client.is_closed().await);
    }
}

#[tokio::test]
async fn whoever_has_most_waiting_loses_the_latest_when_there_is_no_room() {
    let limits = Limits { connections: 4, client_connections: 2, waiting: 10, ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    let _slow = greedy(&server, "GET / HT", 12).await;
    let mut one_too_many = Client::connect(server.address).await;
    assert!(one_too_many.is_closed_within(FOREVER).await);
    assert_answers_another(&server).await;
}

#[tokio::test]
async fn a_mistake_in_an_answer_harms_no_other() {
    let mut fake = Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]);
    fake.outcome = Outcome::Panics;
    let server = Server::start(fake);
    let mut idle = Client::connect(server.address).await;
    idle.send(request("GET", "/livez", &[])).await;
    assert_eq!(idle.answer().await.status, 200);

    let body = r#"{"moduleName":"echo","namespace":"bots"}"#;
    let mut client = Client::connect(server.address).await;
    client.send(post(RESTART, &[BEARER], body)).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.error().as_str()), (500, "Internal error"));
    assert!(!answer.body.contains("that a test has made"), "{answer:?}");
    assert!(client.is_closed().await);

    idle.send(request("GET", "/livez", &[])).await;
    assert_eq!(idle.answer().await.status, 200);
    let counted = "{method=\"POST\",route=\"/action/restart-module\",status_code=\"500\"";
    assert!(server.metrics.text().contains(counted));
}
