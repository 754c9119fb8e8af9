//! Every route, and paths that are no routes.

use crate::client::{Client, request};
use crate::fake::Fake;
use crate::server::{BEARER, Server, TOKEN};
use eevee_operator::shell::http::Limits;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Whether a text is a time of the last minute, in UTC with milliseconds.
fn is_now(text: &Value) -> bool {
    let text = text.as_str().expect("a text");
    let time: Timestamp = text.parse().expect("RFC 3339");
    let age = Timestamp::now().as_second() - time.as_second();
    (0..60).contains(&age) && text.ends_with('Z') && text.len() == "2026-01-02T03:04:05.678Z".len()
}

#[tokio::test]
async fn the_root_says_who_it_is_to_everybody() {
    let server = Server::start(Fake::default());
    let answer = server.ask("GET", "/", &[]).await;
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(json["message"], "eevee.bot Operator API");
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert!(is_now(&json["timestamp"]), "{json}");
}

#[tokio::test]
async fn health_is_told_to_holders_of_the_token() {
    let server = Server::start(Fake::default());
    let answer = server.get("/api/health").await;
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(json["status"], "ok");
    assert!(is_now(&json["timestamp"]), "{json}");
    assert_eq!(server.ask("GET", "/api/health", &[]).await.status, 401);
}

#[tokio::test]
async fn metrics_are_shown_to_everybody_on_two_paths() {
    let server = Server::start(Fake::default());
    for path in ["/metrics", "/api/metrics"] {
        let answer = server.ask("GET", path, &[]).await;
        assert_eq!(answer.status, 200);
        let text_format = "text/plain; version=0.0.4; charset=utf-8";
        assert_eq!(answer.header("content-type"), Some(text_format));
        assert!(answer.body.contains("# TYPE eevee_operator_api_requests_total counter\n"));
    }
}

#[tokio::test]
async fn probes_say_what_is_wrong() {
    let server = Server::start(Fake::default());
    for path in ["/livez", "/readyz"] {
        let answer = server.ask("GET", path, &[]).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok" })));
    }
    let server = Server::start(Fake {
        hanging: Some("the engine has not moved for 90 s".to_owned()),
        waiting: Some("the CRDs are not served".to_owned()),
        ..Fake::default()
    });
    let live = server.ask("GET", "/livez", &[]).await;
    assert_eq!((live.status, live.error().as_str()), (503, "Not live"));
    assert_eq!(live.json()["details"], "the engine has not moved for 90 s");
    let ready = server.ask("GET", "/readyz", &[]).await;
    assert_eq!((ready.status, ready.error().as_str()), (503, "Not ready"));
    assert_eq!(ready.json()["details"], "the CRDs are not served");
}

#[tokio::test]
async fn a_query_changes_nothing() {
    let server = Server::start(Fake::default());
    assert_eq!(server.ask("GET", "/?a=b", &[]).await.status, 200);
    assert_eq!(server.ask("GET", "/livez?verbose", &[]).await.status, 200);
}

/// As Express reads them by default.
#[tokio::test]
async fn the_case_of_letters_and_a_slash_at_the_end_change_nothing() {
    let server = Server::start(Fake::default());
    for path in [
        "/API/Bot-Modules",
        "/api/bot-modules/",
        "/Api/Health/?a=B",
        "http://test/API/metrics/",
        "http://test",
        "http://test?a=b",
        "/METRICS/",
        "/Livez",
        "/readyz/",
    ] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let restart = server.post("/api/Action/Restart-Module/", "{}").await;
    assert_eq!((restart.status, restart.error().as_str()), (400, "moduleName is required"));
}

/// A target may name a host alone, which is for proxies.
#[tokio::test]
async fn a_target_without_a_path_is_refused_counted_and_limited() {
    let limits = Limits { requests: 4, ..Limits::default() };
    let server = Server::start_with(Fake::default(), Some(TOKEN), limits);
    for (method, target) in
        [("CONNECT", "a:443"), ("GET", "a:443"), ("GET", "a"), ("POST", "test.example")]
    {
        let answer = server.ask(method, target, &[]).await;
        let expected = (400, "The request target has no path");
        assert_eq!((answer.status, answer.error().as_str()), expected, "{method} {target}");
    }
    assert_eq!(server.ask("CONNECT", "a:443", &[]).await.error(), "Too many requests");
    let text = server.metrics.text();
    for (method, status, count) in
        [("GET", 400, 2), ("POST", 400, 1), ("other", 400, 1), ("other", 429, 1)]
    {
        let line = format!(
            "eevee_operator_api_requests_total{{method=\"{method}\",route=\"unmatched\",status_code=\"{status}\",app=\"eevee-operator\"}} {count}\n"
        );
        assert!(text.contains(&line), "{line}{text}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found_with_or_without_the_token() {
    let server = Server::start(Fake::default());
    for path in [
        "/api",
        "/api/",
        "/api/health//",
        "/api//health",
        "//",
        "/%61pi/health",
        "/x/../",
        "http://test/api/",
        "*",
    ] {
        for headers in [&[][..], &[BEARER]] {
            let answer = server.ask("GET", path, headers).await;
            assert_eq!((answer.status, answer.error().as_str()), (404, "Not found"), "{path}");
            let routes = answer.json()["details"].to_string();
            assert!(routes.contains("POST /api/action/restart-module"), "{routes}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_told_which_ones_there_are() {
    let server = Server::start(Fake::default());
    for (method, path, allowed) in [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/api/health", "GET, HEAD"),
        ("PUT", "/api/metrics", "GET, HEAD"),
        ("PATCH", "/metrics", "GET, HEAD"),
        ("OPTIONS", "/api/bot-modules", "GET, HEAD"),
        ("GET", "/api/action/restart-module", "POST"),
        ("BREW", "/livez", "GET, HEAD"),
        ("POST", "/readyz", "GET, HEAD"),
    ] {
        let answer = server.ask(method, path, &[]).await;
        assert_eq!((answer.status, answer.error().as_str()), (405, "Method not allowed"), "{path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::start(Fake::default());
    let mut client = Client::connect(server.address).await;
    client.send(request("HEAD", "/api/health", &[BEARER])).await;
    client.send(request("GET", "/livez", &[])).await;
    let head = client.answer_without_body().await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json")));
    assert_eq!(client.answer().await.json(), json!({ "status": "ok" }));
    let mut client = Client::connect(server.address).await;
    client.send(request("HEAD", "/api/action/restart-module", &[BEARER])).await;
    assert_eq!(client.answer_without_body().await.status, 405);
}
