//! Connections: kept, pipelined, idle, slow and too many.

use crate::client::{Client, FOREVER, post, request};
use crate::fake::{Fake, Outcome, module};
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::shell::http::Limits;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn server(limits: Limits) -> Server {
    Server::start_with(Fake::default(), Some(TOKEN), limits)
}

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    let server = server(Limits::default());
    let mut client = Client::connect(server.address).await;
    for _ in 0..50 {
        client.send(request("GET", "/livez", &[])).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (200, None));
    }
    client.send(request("GET", "/livez", &[("Connection", "close")])).await;
    assert_eq!(client.answer().await.status, 200);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_order() {
    let server = server(Limits::default());
    let mut client = Client::connect(server.address).await;
    let requests = ["/livez", "/nowhere", "/", "/api/health"];
    client.send(requests.map(|path| request("GET", path, &[])).concat()).await;
    for status in [200, 404, 200, 401] {
        assert_eq!(client.answer().await.status, status);
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = server(Limits { head_time: Duration::from_millis(300), ..Limits::default() });
    let mut fresh = Client::connect(server.address).await;
    assert!(fresh.is_closed().await, "without a request");
    let mut used = Client::connect(server.address).await;
    used.send(request("GET", "/livez", &[])).await;
    assert_eq!(used.answer().await.status, 200);
    assert!(used.is_closed().await, "after a request");
}

#[tokio::test]
async fn a_head_that_comes_a_byte_at_a_time_is_cut() {
    let server = server(Limits { head_time: Duration::from_secs(1), ..Limits::default() });
    let mut client = Client::connect(server.address).await;
    let began = Instant::now();
    while client.try_send("G").await.is_ok() {
        if client.is_closed_within(Duration::from_millis(50)).await {
            break;
        }
        assert!(began.elapsed() < FOREVER, "the server goes on reading");
    }
    assert!(began.elapsed() >= Duration::from_millis(900), "{:?}", began.elapsed());
}

/// Two slow clients take the only two connections: the third one's turn comes all the same.
#[tokio::test]
async fn slow_clients_keep_nobody_waiting_for_long() {
    let limits =
        Limits { connections: 2, head_time: Duration::from_millis(500), ..Limits::default() };
    let server = server(limits);
    let mut slow = Vec::new();
    for _ in 0..2 {
        let mut client = Client::connect(server.address).await;
        client.send("GET / HT").await;
        slow.push(client);
    }
    assert_eq!(server.ask("GET", "/livez", &[]).await.status, 200);
    for client in &mut slow {
        assert!(client.is_closed().await);
    }
}

/// As [`slow_clients_keep_nobody_waiting_for_long`], with clients that are slow at nothing but
/// asking again: nobody waits for them until they are cut as idle.
#[tokio::test]
async fn where_connections_are_scarce_each_ends_with_its_answer() {
    let server = server(Limits { connections: 2, ..Limits::default() });
    let mut clients = Vec::new();
    let began = Instant::now();
    for _ in 0..20 {
        let mut client = Client::connect(server.address).await;
        client.send(request("GET", "/livez", &[])).await;
        assert_eq!(client.answer().await.status, 200);
        clients.push(client);
    }
    assert!(began.elapsed() < Limits::default().head_time, "{:?}", began.elapsed());
}

/// The answer is more than the buffers of a connection hold.
#[tokio::test]
async fn a_client_that_does_not_read_is_cut() {
    let limits = Limits {
        connections: 1,
        connection_time: Duration::from_millis(200),
        last_answer_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let length = 10_000_000;
    let fake = Fake::with([module("bots", "echo", json!({ "image": "x".repeat(length) }))]);
    let server = Server::start_with(fake, Some(TOKEN), limits);
    let mut deaf = Client::connect(server.address).await;
    deaf.send(request("GET", "/api/bot-modules", &[BEARER])).await;
    assert!(deaf.has_answer(FOREVER).await);
    assert_eq!(server.ask("GET", "/livez", &[]).await.status, 200);
    let read = deaf.read_to_end().await.len();
    assert!(read < length, "everything was buffered");
}

/// The system takes a part of the answer; the client reads when the server has nothing else to do.
#[tokio::test]
async fn a_large_answer_is_whole_even_if_it_is_the_last() {
    let length = 10_000_000;
    let server =
        Server::start(Fake::with([module("bots", "echo", json!({ "image": "x".repeat(length) }))]));
    for connection in ["close", "keep-alive"] {
        let mut client = Client::connect(server.address).await;
        let headers = [BEARER, ("Connection", connection)];
        client.send(request("GET", "/api/bot-modules", &headers)).await;
        assert!(client.has_answer(FOREVER).await);
        let answer = client.answer().await;
        assert!(answer.body.len() > length);
    }
}

#[tokio::test]
async fn an_old_connection_ends_with_the_answer_under_way() {
    let go_on = Arc::new(tokio::sync::Notify::new());
    let mut fake = Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]);
    fake.outcome = Outcome::Waits(Arc::clone(&go_on));
    let limits = Limits { connection_time: Duration::from_millis(100), ..Limits::default() };
    let server = Server::start_with(fake, Some(TOKEN), limits);
    let mut client = Client::connect(server.address).await;
    let body = r#"{"moduleName":"echo","namespace":"bots"}"#;
    client.send(post("/api/action/restart-module", &[BEARER], body)).await;
    assert!(!client.has_answer(Duration::from_millis(300)).await, "cut off");
    go_on.notify_one();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = server(Limits::default());
    for bytes in ["\x16\x03\x01\x02\x00\x01\x00", "GET /\r\n\r\n", "hello world\r\n\r\n"] {
        let mut client = Client::connect(server.address).await;
        client.send(bytes).await;
        assert_eq!(client.read_to_end().await.split(' ').nth(1), Some("400"), "{bytes:?}");
    }
    let mut client = Client::connect(server.address).await;
    client.send("GET / HTTP/1.1\r\nHost: test\r\n").await;
    client.send(format!("A: {}\r\n\r\n", "x".repeat(1_000_000))).await;
    assert_eq!(client.read_to_end().await.split(' ').nth(1), Some("431"));
    assert_eq!(server.ask("GET", "/livez", &[]).await.status, 200);
}

/// A restart that waits for the cluster holds up nobody else, and its client may have closed its
/// side: it still reads.
#[tokio::test]
async fn others_are_answered_while_the_cluster_is_slow() {
    let go_on = Arc::new(tokio::sync::Notify::new());
    let mut fake = Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]);
    fake.outcome = Outcome::Waits(Arc::clone(&go_on));
    let server = Server::start(fake);
    let mut client = Client::connect(server.address).await;
    let body = r#"{"moduleName":"echo","namespace":"bots"}"#;
    client.send(post("/api/action/restart-module", &[BEARER], body)).await;
    client.finish().await;
    assert_eq!(server.ask("GET", "/", &[]).await.status, 200);
    go_on.notify_one();
    assert_eq!(client.answer().await.status, 200);
}
