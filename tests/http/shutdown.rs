//! How the server ends.

use crate::client::{Client, FOREVER, post, request};
use crate::fake::{Fake, Outcome, module};
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::shell::http::Limits;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

const RESTART: &str = "/api/action/restart-module";
const BODY: &str = r#"{"moduleName":"echo","namespace":"bots"}"#;

/// A server whose restarts wait, and a client that waits for one.
async fn with_a_restart_under_way(limits: Limits) -> (Server, Client, Arc<Notify>) {
    let go_on = Arc::new(Notify::new());
    let mut fake = Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]);
    fake.outcome = Outcome::Waits(Arc::clone(&go_on));
    let server = Server::start_with(fake, Some(TOKEN), limits);
    let mut client = Client::connect(server.address).await;
    client.send(post(RESTART, &[BEARER], BODY)).await;
    let arrived = async {
        while server.backend.restarted.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    timeout(FOREVER, arrived).await.expect("the request arrives");
    (server, client, go_on)
}

#[tokio::test]
async fn idle_connections_are_closed_at_once() {
    let mut server = Server::start(Fake::default());
    let mut used = Client::connect(server.address).await;
    used.send(request("GET", "/livez", &[])).await;
    assert_eq!(used.answer().await.status, 200);
    let mut fresh = Client::connect(server.address).await;
    let began = Instant::now();
    server.stop();
    server.stopped().await;
    assert!(used.is_closed().await);
    assert!(fresh.is_closed().await);
    assert!(began.elapsed() < Limits::default().shutdown_time, "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_answer_under_way_is_finished_and_nobody_else_is_let_in() {
    let (mut server, mut client, go_on) = with_a_restart_under_way(Limits::default()).await;
    let address = server.address;
    server.stop();
    let refused = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(FOREVER, refused).await.expect("the port is closed");
    assert!(!client.has_answer(Duration::from_millis(100)).await, "cut off");
    go_on.notify_one();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert!(client.is_closed().await);
    server.stopped().await;
}

#[tokio::test]
async fn connections_that_wait_for_their_turn_are_closed_at_once() {
    let limits = Limits { client_connections: 1, ..Limits::default() };
    let (mut server, mut client, go_on) = with_a_restart_under_way(limits).await;
    let mut waiting = Client::connect(server.address).await;
    waiting.send(request("GET", "/livez", &[])).await;
    assert!(!waiting.has_answer(Duration::from_millis(100)).await, "it was not its turn");
    server.stop();
    assert!(waiting.is_closed().await);
    assert!(!client.has_answer(Duration::from_millis(100)).await, "cut off");
    go_on.notify_one();
    assert_eq!(client.answer().await.status, 200);
    server.stopped().await;
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_not_waited_for() {
    let (mut server, mut client, _go_on) = with_a_restart_under_way(Limits::default()).await;
    let began = Instant::now();
    server.stop();
    server.stopped().await;
    let took = began.elapsed();
    assert!(took < Limits::default().shutdown_time + Duration::from_secs(1), "{took:?}");
    assert!(client.is_closed().await);
}
