//! Every answer is counted.

use crate::client::{Client, FOREVER};
use crate::fake::Fake;
use crate::server::{Server, TOKEN};
use eevee_operator::shell::http::Limits;

fn value(text: &str, method: &str, route: &str, status: u16) -> Option<u64> {
    let series = format!(
        "eevee_operator_api_requests_total{{method=\"{method}\",route=\"{route}\",status_code=\"{status}\",app=\"eevee-operator\"}} "
    );
    text.lines().find_map(|line| line.strip_prefix(&series)).map(|value| value.parse().unwrap())
}

#[tokio::test]
async fn answers_are_counted_by_the_pattern_of_their_route() {
    let limits = Limits { requests: 11, ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    for (method, path) in [
        ("GET", "/?a=1"),
        ("GET", "/api/bot-modules"),
        ("GET", "/API/Bot-Modules/"),
        ("GET", "http://test/api/bot-modules?a=1"),
        ("POST", "/api/bot-modules"),
        ("GET", "/nowhere/1"),
        ("GET", "/nowhere/2"),
        ("BREW", "/"),
        ("PURGE", "/"),
        ("GET", "/metrics"),
        ("GET", "/api/metrics"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
    ] {
        server.ask(method, path, &[]).await;
    }
    server.get("/api/health").await;
    server.post("/api/action/restart-module", "{}").await;
    server.post("/api/action/restart-module", "{}").await;
    server.get("/").await;
    let text = server.metrics.text();
    for (method, route, status, count) in [
        ("GET", "/", 200, 1),
        ("GET", "/bot-modules", 401, 3),
        ("POST", "/bot-modules", 405, 1),
        ("GET", "unmatched", 404, 2),
        ("other", "/", 405, 2),
        ("GET", "/metrics", 200, 2),
        ("GET", "/livez", 200, 1),
        ("GET", "/readyz", 200, 1),
        ("GET", "/health", 200, 1),
        ("POST", "/action/restart-module", 400, 2),
        ("GET", "/", 429, 1),
    ] {
        assert_eq!(value(&text, method, route, status), Some(count), "{method} {route} {status}");
    }
    assert!(!text.contains("nowhere"), "a raw path became a label");
    let times = "eevee_operator_api_request_duration_seconds_count{method=\"GET\",route=\"/\"";
    assert!(text.contains(times));
}

/// hyper answers them itself.
#[tokio::test]
async fn heads_that_are_none_are_counted() {
    let server = Server::start(Fake::default());
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(200_000));
    for bytes in ["hello world\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", &long] {
        let mut client = Client::connect(server.address).await;
        client.send(bytes).await;
        assert!(client.read_to_end().await.starts_with("HTTP/1.1 4"));
    }
    // The counters are one step behind the answers.
    let counted = async {
        let count = |status| value(&server.metrics.text(), "other", "unmatched", status);
        while (count(400), count(431)) != (Some(2), Some(1)) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(FOREVER, counted).await.expect("they are counted");
}

#[tokio::test]
async fn no_token_is_ever_shown() {
    let server = Server::start(Fake::default());
    let tried = ("Authorization", "Bearer some-wrong-token");
    let wrong = server.ask("GET", "/api/health", &[tried]).await;
    assert!(!format!("{wrong:?}").contains("some-wrong-token"));
    server.get("/api/health").await;
    let text = server.metrics.text();
    assert!(!text.contains(TOKEN) && !text.contains("some-wrong-token"));
}
