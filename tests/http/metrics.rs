//! Every answer is counted.

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
    let limits = Limits { requests: 9, ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    for (method, path) in [
        ("GET", "/?a=1"),
        ("GET", "/api/bot-modules"),
        ("POST", "/api/bot-modules"),
        ("GET", "/nowhere/1"),
        ("GET", "/nowhere/2"),
        ("BREW", "/"),
        ("PURGE", "/"),
        ("GET", "/metrics"),
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
        ("GET", "/api/bot-modules", 401, 1),
        ("POST", "/api/bot-modules", 405, 1),
        ("GET", "unmatched", 404, 2),
        ("other", "/", 405, 2),
        ("GET", "/metrics", 200, 1),
        ("GET", "/livez", 200, 1),
        ("GET", "/readyz", 200, 1),
        ("GET", "/api/health", 200, 1),
        ("POST", "/api/action/restart-module", 400, 2),
        ("GET", "/", 429, 1),
    ] {
        assert_eq!(value(&text, method, route, status), Some(count), "{method} {route} {status}");
    }
    assert!(!text.contains("nowhere"), "a raw path became a label");
    let times = "eevee_operator_api_request_duration_seconds_count{method=\"GET\",route=\"/\"";
    assert!(text.contains(times));
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
