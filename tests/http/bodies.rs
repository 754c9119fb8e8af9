//! Bodies of requests, up to their limits and beyond.

use crate::client::{Client, request};
use crate::fake::{Fake, module};
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::shell::http::Limits;
use serde_json::json;
use std::time::Duration;

const RESTART: &str = "/api/action/restart-module";

fn server() -> Server {
    Server::start(Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]))
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let server = server();
    for body in ["", "moduleName=echo", "{\"moduleName\":\"echo\",", "{} {}", "\u{feff}{}"] {
        let answer = server.post(RESTART, body).await;
        let expected = (400, "Request body must be JSON");
        assert_eq!((answer.status, answer.error().as_str()), expected, "{body:?}");
        assert!(answer.json()["details"].is_string(), "{body:?}");
    }
    for body in ["[]", "null", "1", "\"echo\""] {
        let answer = server.post(RESTART, body).await;
        let expected = (400, "Request body must be a JSON object");
        assert_eq!((answer.status, answer.error().as_str()), expected, "{body:?}");
    }
    let deep = server.post(RESTART, &"[".repeat(60_000)).await;
    assert_eq!(deep.status, 400);
}

#[tokio::test]
async fn a_body_of_64_kilobytes_is_read_and_one_byte_more_is_not() {
    let server = server();
    let body = |length: usize| {
        let body = r#"{"moduleName":"echo","namespace":"bots"}"#;
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    assert_eq!(server.post(RESTART, &body(64 * 1024)).await.status, 200);
    let answer = server.post(RESTART, &body(64 * 1024 + 1)).await;
    assert_eq!((answer.status, answer.error().as_str()), (413, "Request body is too large"));
}

#[tokio::test]
async fn a_client_that_sends_10_megabytes_reads_its_413() {
    let server = server();
    let length = 10 * 1024 * 1024;
    let body = vec![b' '; length];
    let with_length = [BEARER, ("Content-Length", "10485760")];
    let mut client = Client::connect(server.address).await;
    client.send(request("POST", RESTART, &with_length)).await;
    client.send(&body).await;
    assert_eq!(client.answer().await.error(), "Request body is too large");

    let chunked = [BEARER, ("Transfer-Encoding", "chunked")];
    let mut client = Client::connect(server.address).await;
    client.send(request("POST", RESTART, &chunked)).await;
    client.send(format!("{length:x}\r\n")).await;
    client.send(&body).await;
    assert_eq!(client.answer().await.status, 413);
}

/// The client asks first whether it may send.
#[tokio::test]
async fn a_body_that_nobody_wants_is_not_asked_for() {
    let server = server();
    let headers = [("Content-Length", "10485760"), ("Expect", "100-continue")];
    let mut client = Client::connect(server.address).await;
    client.send(request("POST", RESTART, &headers)).await;
    assert_eq!(client.answer().await.status, 401);
}

#[tokio::test]
async fn a_large_body_for_a_page_without_one_does_not_hide_the_answer() {
    let server = server();
    let mut client = Client::connect(server.address).await;
    client.send(request("GET", "/", &[("Content-Length", "1000000")])).await;
    client.send(vec![b'x'; 1_000_000]).await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn a_body_that_comes_a_byte_at_a_time_is_given_up() {
    let limits = Limits { body_time: Duration::from_millis(500), ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    let mut client = Client::connect(server.address).await;
    client.send(request("POST", RESTART, &[BEARER, ("Content-Length", "1000")])).await;
    for _ in 0..1000 {
        if client.try_send(" ").await.is_err() || client.has_answer(Duration::from_millis(50)).await
        {
            break;
        }
    }
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.error().as_str()), (408, "Request body took too long"));
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_request() {
    let server = server();
    let mut client = Client::connect(server.address).await;
    client.send(request("POST", RESTART, &[BEARER, ("Content-Length", "1000")])).await;
    client.send(r#"{"moduleName":"echo","namespace":"bots"}"#).await;
    client.finish().await;
    assert_eq!(client.answer().await.error(), "Request body is incomplete");
    assert!(server.backend.restarted.lock().unwrap().is_empty());
}
