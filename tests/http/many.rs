//! A thousand requests at once, and who counts as one client.

use crate::client::{Client, FOREVER, request};
use crate::fake::Fake;
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::shell::http::Limits;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const MANY: usize = 1000;

/// Sends a thousand requests, each on a connection of its own, when all are connected. They stay
/// connected until all are answered. How many were answered with which status.
async fn at_once(server: &Server, path: &'static str) -> BTreeMap<u16, usize> {
    let (address, connected) = (server.address, Arc::new(Barrier::new(MANY)));
    let mut clients = JoinSet::new();
    for _ in 0..MANY {
        let connected = Arc::clone(&connected);
        clients.spawn(async move {
            let mut client = Client::connect(address).await;
            connected.wait().await;
            client.send(request("GET", path, &[BEARER])).await;
            let answer = client.answer().await;
            if answer.status == 429 {
                let wait: u64 = answer.header("retry-after").expect("a header").parse().unwrap();
                assert!((1..=60).contains(&wait), "{wait}");
                assert_eq!(answer.error(), "Too many requests");
            }
            (client, answer.status)
        });
    }
    let mut answers = BTreeMap::new();
    for (_, status) in clients.join_all().await {
        *answers.entry(status).or_default() += 1;
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_requests_at_once_a_hundred_are_served() {
    let server = Server::start(Fake::default());
    assert_eq!(at_once(&server, "/").await, BTreeMap::from([(200, 100), (429, 900)]));
    assert_eq!(at_once(&server, "/api/bot-modules").await, BTreeMap::from([(429, MANY)]));
    assert_eq!(at_once(&server, "/nowhere").await, BTreeMap::from([(429, MANY)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exempt_is_always_served() {
    let server = Server::start(Fake::default());
    for path in ["/metrics", "/api/metrics", "/livez", "/readyz", "/api/health"] {
        assert_eq!(at_once(&server, path).await, BTreeMap::from([(200, MANY)]), "{path}");
    }
    assert_eq!(server.ask("GET", "/", &[]).await.status, 200, "they are not counted");
}

async fn status_from(address: Ipv4Addr, server: &Server, headers: &[(&str, &str)]) -> u16 {
    let mut client = Client::connect_from(address, server.address).await;
    client.send(request("GET", "/", headers)).await;
    client.answer().await.status
}

#[tokio::test]
async fn each_address_has_its_own_hundred() {
    let server = Server::start(Fake::default());
    for _ in 0..100 {
        assert_eq!(status_from(Ipv4Addr::LOCALHOST, &server, &[]).await, 200);
    }
    assert_eq!(status_from(Ipv4Addr::LOCALHOST, &server, &[]).await, 429);
    assert_eq!(status_from(Ipv4Addr::new(127, 0, 0, 2), &server, &[]).await, 200);
}

#[tokio::test]
async fn an_address_that_a_client_claims_to_have_counts_for_nothing() {
    let server = Server::start(Fake::default());
    for number in 0..=100 {
        let claimed = format!("192.0.2.{number}");
        let forwarded = format!("for={claimed}");
        let headers = [
            ("X-Forwarded-For", claimed.as_str()),
            ("X-Real-IP", &claimed),
            ("Forwarded", &forwarded),
        ];
        let expected = if number < 100 { 200 } else { 429 };
        assert_eq!(status_from(Ipv4Addr::LOCALHOST, &server, &headers).await, expected);
    }
}

#[tokio::test]
async fn wrong_tokens_are_counted_so_that_nobody_can_try_them_all() {
    let server = Server::start(Fake::default());
    for number in 0..=100 {
        let value = format!("Bearer {number}");
        let answer = server.ask("GET", "/api/bot-modules", &[("Authorization", &value)]).await;
        assert_eq!(answer.status, if number < 100 { 401 } else { 429 });
    }
}

#[tokio::test]
async fn after_its_time_a_client_may_ask_again() {
    let limits = Limits { requests: 1, window: Duration::from_millis(500), ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    assert_eq!(server.ask("GET", "/", &[]).await.status, 200);
    assert_eq!(server.ask("GET", "/", &[]).await.status, 429);
    let again = async { while server.ask("GET", "/", &[]).await.status != 200 {} };
    tokio::time::timeout(FOREVER, again).await.expect("it is let in again");
}
