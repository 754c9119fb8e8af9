//! What is at `/`: a page for browsers, JSON for everybody else.

use crate::client::{Answer, Client, request};
use crate::fake::Fake;
use crate::server::Server;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use eevee_operator::shell::http::Limits;
use sha2::{Digest, Sha256};
use std::time::Duration;

const BROWSER: (&str, &str) =
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8");

async fn page() -> Answer {
    let server = Server::start(Fake::default());
    let answer = server.ask("GET", "/", &[BROWSER]).await;
    assert_eq!(answer.status, 200);
    answer
}

#[tokio::test]
async fn browsers_get_a_page_without_the_token() {
    let answer = page().await;
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.body.starts_with("<!doctype html>"), "{answer:?}");
    assert!(answer.body.len() < 60_000);
}

/// Otherwise a page says of a restart that it came to nothing, while the operator waits for the cluster.
#[tokio::test]
async fn a_page_waits_longer_for_a_restart_than_the_operator_for_the_cluster() {
    let answer = page().await;
    let (_, rest) = answer.body.split_once("RESTART_PATIENCE = ").expect("the time");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let patience = Duration::from_millis(digits.parse().expect("milliseconds"));
    let cluster_time = Limits::default().cluster_time;
    assert!(patience > cluster_time + Duration::from_secs(5), "{patience:?}");
}

#[tokio::test]
async fn html_is_for_those_alone_who_name_it_and_rank_it_no_lower_than_json() {
    let server = Server::start(Fake::default());
    for (accept, is_html) in [
        (&[][..], false),
        (&["*/*"], false),
        (&["application/json, */*"], false),
        (&["text/*"], false),
        (&["text/html;q=0.8, application/json"], false),
        (&["text/html;q=0.8, */*"], false),
        (&["text/html;q=0"], false),
        (&["text/html;q=high"], false),
        (&["text/html"], true),
        (&["application/json;q=0.5", "text/html;q=0.5"], true),
        (&["application/json;q=0.6", "text/html;q=0.5"], false),
    ] {
        let headers: Vec<(&str, &str)> = accept.iter().map(|value| ("Accept", *value)).collect();
        let answer = server.ask("GET", "/", &headers).await;
        let found = answer.header("content-type") == Some("text/html; charset=utf-8");
        assert_eq!((answer.status, found), (200, is_html), "{accept:?}");
        assert_eq!(answer.header("vary"), Some("Accept"), "{accept:?}");
        if !is_html {
            assert_eq!(answer.json()["message"], "eevee.bot Operator API");
        }
    }
}

/// Computed here from what was served, as a browser does it.
#[tokio::test]
async fn the_policy_lets_this_script_and_this_style_run_and_nothing_else() {
    let answer = page().await;
    let policy = answer.header("content-security-policy").expect("a policy").to_owned();
    let directives: Vec<&str> = policy.split("; ").collect();
    let hash = |element: &str| {
        let (_, rest) = answer.body.split_once(&format!("<{element}>")).expect("an element");
        let (text, _) = rest.split_once(&format!("</{element}>")).expect("its end");
        format!("{element}-src 'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
    };
    let (script, style) = (hash("script"), hash("style"));
    let expected = [
        "default-src 'none'",
        &script,
        &style,
        "connect-src 'self'",
        "img-src data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ];
    assert_eq!(directives, expected);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_browser_that_has_the_page_is_not_sent_it_again() {
    let server = Server::start(Fake::default());
    let first = server.ask("GET", "/", &[BROWSER]).await;
    let tag = first.header("etag").expect("a tag").to_owned();
    let mut client = Client::connect(server.address).await;
    client.send(request("GET", "/", &[BROWSER, ("If-None-Match", &tag)])).await;
    let second = client.answer_without_body().await;
    assert_eq!(second.status, 304);
    for name in ["etag", "vary", "content-security-policy", "cache-control"] {
        assert_eq!(second.header(name), first.header(name), "{name}");
    }
    let json = server.ask("GET", "/", &[("If-None-Match", &tag)]).await;
    assert_eq!((json.status, json.header("etag")), (200, None));
}

#[tokio::test]
async fn a_page_that_is_turned_off_is_not_there() {
    let server = Server::start_without_page(Fake::default());
    let answer = server.ask("GET", "/", &[BROWSER]).await;
    assert_eq!(answer.json()["message"], "eevee.bot Operator API");
    assert_eq!(answer.header("content-security-policy"), None);
}

#[tokio::test]
async fn the_kubelets_listener_has_no_page() {
    let server = Server::start_health(Fake::default());
    assert_eq!(server.ask("GET", "/", &[BROWSER]).await.status, 404);
    assert_eq!(server.ask("GET", "/api/status", &[BROWSER]).await.status, 404);
}
