//! The listener of the kubelet.

use crate::client::{Client, request};
use crate::fake::Fake;
use crate::server::{BEARER, Server};
use eevee_operator::shell::http::Limits;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn it_tells_of_life_and_readiness() {
    let server = Server::start_health(Fake::default());
    for path in ["/livez", "/readyz", "/Livez/", "/readyz?verbose"] {
        let answer = server.ask("GET", path, &[]).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok" })), "{path}");
    }
    let hanging = Some("the engine has not moved for 90 s".to_owned());
    let server = Server::start_health(Fake { hanging, ..Fake::default() });
    let live = server.ask("GET", "/livez", &[]).await;
    assert_eq!((live.status, live.error().as_str()), (503, "Not live"));
    assert_eq!(server.ask("GET", "/readyz", &[]).await.status, 200);
}

#[tokio::test]
async fn it_tells_nothing_else() {
    let server = Server::start_health(Fake::default());
    for path in ["/", "/api/health", "/metrics", "/api/bot-modules", "/api/action/restart-module"] {
        let answer = server.ask("GET", path, &[BEARER]).await;
        assert_eq!((answer.status, answer.error().as_str()), (404, "Not found"), "{path}");
        assert_eq!(answer.json()["details"], json!(["GET, HEAD /livez", "GET, HEAD /readyz"]));
    }
    assert_eq!(server.ask("POST", "/livez", &[]).await.status, 405);
    assert_eq!(server.ask("CONNECT", "a:443", &[]).await.status, 400);
}

/// The kubelet may have the address of an attacker, behind one that hides addresses.
#[tokio::test]
async fn it_answers_whoever_has_taken_all_connections_of_the_api() {
    let api = Server::start(Fake::default());
    let health = Server::start_health(Fake::default());
    let mut slow = Vec::new();
    for _ in 0..900 {
        let mut client = Client::connect(api.address).await;
        client.send("GET / HT").await;
        slow.push(client);
    }
    let began = Instant::now();
    for path in ["/livez", "/readyz"] {
        assert_eq!(health.ask("GET", path, &[]).await.status, 200);
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn its_connections_are_bounded_and_shared_out_too() {
    let server = Server::start_health(Fake::default());
    let limits = Limits::health();
    let mut slow = Vec::new();
    for _ in 0..limits.client_connections + limits.waiting {
        let mut client = Client::connect(server.address).await;
        client.send("GET / HT").await;
        slow.push(client);
    }
    let mut other = Client::connect_from([127, 0, 0, 2].into(), server.address).await;
    other.send(request("GET", "/livez", &[])).await;
    let began = Instant::now();
    assert_eq!(other.answer().await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let mut one_too_many = Client::connect(server.address).await;
    assert!(one_too_many.is_closed_within(Duration::from_secs(1)).await);
}
