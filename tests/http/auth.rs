//! Who may ask.

use crate::client::Answer;
use crate::fake::Fake;
use crate::server::Server;
use eevee_operator::shell::http::Limits;

const PROTECTED: [(&str, &str); 3] =
    [("GET", "/api/health"), ("GET", "/api/bot-modules"), ("POST", "/api/action/restart-module")];

fn assert_unauthorized(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.error().as_str()), (401, error));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn each_mistake_has_its_message() {
    let server = Server::start(Fake::default());
    for (method, path) in PROTECTED {
        assert_unauthorized(&server.ask(method, path, &[]).await, "Authorization header required");
        for (value, error) in [
            ("", "Invalid authorization format"),
            ("Bearer", "Invalid authorization format"),
            ("token-of-the-tests", "Invalid authorization format"),
            ("Basic token-of-the-tests", "Invalid authorization format"),
            ("Bearer token-of-the-tests more", "Invalid authorization format"),
            ("Bearer token-of-the-test", "Invalid token"),
            ("Bearer token-of-the-testss", "Invalid token"),
            ("Bearer TOKEN-OF-THE-TESTS", "Invalid token"),
            ("Bearer \u{fffd}", "Invalid token"),
        ] {
            let answer = server.ask(method, path, &[("Authorization", value)]).await;
            assert_unauthorized(&answer, error);
        }
    }
}

#[tokio::test]
async fn two_tokens_in_one_request_are_refused_even_if_one_is_right() {
    let server = Server::start(Fake::default());
    let right = ("Authorization", "Bearer token-of-the-tests");
    let answer = server.ask("GET", "/api/health", &[right, ("Authorization", "Bearer x")]).await;
    assert_unauthorized(&answer, "Invalid authorization format");
}

#[tokio::test]
async fn the_scheme_and_the_header_are_read_in_any_case() {
    let server = Server::start(Fake::default());
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let value = format!("{scheme} token-of-the-tests");
        for name in ["authorization", "AUTHORIZATION"] {
            assert_eq!(server.ask("GET", "/api/health", &[(name, &value)]).await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_token_of_64_kilobytes_is_just_wrong() {
    let server = Server::start(Fake::default());
    let value = format!("Bearer {}", "x".repeat(64 * 1024));
    let answer = server.ask("GET", "/api/health", &[("Authorization", &value)]).await;
    assert_unauthorized(&answer, "Invalid token");
}

#[tokio::test]
async fn without_a_token_nobody_is_let_in() {
    for token in [None, Some("")] {
        let server = Server::start_with(Fake::default(), token, Limits::default());
        for (method, path) in PROTECTED {
            for headers in
                [&[][..], &[("Authorization", "Bearer ")], &[("Authorization", "Bearer x")]]
            {
                let answer = server.ask(method, path, headers).await;
                assert_unauthorized(&answer, "API Token not configured");
            }
        }
        assert_eq!(server.ask("GET", "/livez", &[]).await.status, 200);
    }
}
