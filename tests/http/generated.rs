//! Requests that nobody thought of: whatever bytes arrive, nothing panics, and what is answered is
//! JSON.

use crate::client::Client;
use crate::fake::{Fake, module};
use crate::server::{Server, TOKEN};
use eevee_operator::shell::http::Limits;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::{Value, json};
use std::cell::Cell;
use std::sync::Once;
use tokio::runtime::{Builder, Runtime};

/// A request that keeps all rules of HTTP is answered once, in JSON.
#[test]
fn every_request_is_answered_in_json() {
    let stage = Stage::set();
    stage.holds(request(), |sent, answered| {
        let answers = answers(answered, &sent.method)?;
        prop_assert_eq!(answers.len(), 1, "{}", answered);
        prop_assert!(answers[0].in_json, "{}", answered);
        Ok(())
    });
}

#[test]
fn a_request_with_some_bytes_changed_is_answered_or_cut() {
    let stage = Stage::set();
    let changed = (request(), vec((any::<Index>(), change()), 1..4));
    let changed = changed.prop_filter("heads without bodies", |(sent, _)| sent.method != "HEAD");
    stage.holds(changed.prop_map(mutilated), |_, answered| answers(answered, "").map(drop));
}

#[test]
fn any_bytes_are_answered_or_cut() {
    let stage = Stage::set();
    let bytes = vec(any::<u8>(), 0..500).prop_map(|bytes| Sent { method: String::new(), bytes });
    stage.holds(bytes, |_, answered| answers(answered, "").map(drop));
    stage.holds(shreds(), |_, answered| answers(answered, "").map(drop));
}

/// What a client sends.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    bytes: Vec<u8>,
}

/// A server that answers every request of a test.
struct Stage {
    runtime: Runtime,
    server: Server,
}

impl Stage {
    fn set() -> Self {
        count_panics();
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let limits = Limits { requests: u32::MAX, ..Limits::default() };
        let fake = Fake::with([module("bots", "echo", json!({ "image": "echo:1" }))]);
        let server = runtime.block_on(async { Server::start_with(fake, Some(TOKEN), limits) });
        Self { runtime, server }
    }

    /// Whether a law about what is answered holds for all that is sent, and nothing panics.
    fn holds(
        &self,
        sent: impl Strategy<Value = Sent>,
        law: impl Fn(&Sent, &str) -> Result<(), TestCaseError>,
    ) {
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
        let result = TestRunner::new(config).run(&sent, |sent| {
            let before = PANICS.get();
            let answered = self.exchange(&sent.bytes);
            prop_assert_eq!(PANICS.get(), before, "a panic at {}", sent.bytes.escape_ascii());
            law(&sent, &answered)
        });
        result.unwrap_or_else(|failure| panic!("{failure}"));
        self.assert_labels_bounded();
    }

    /// All that is answered to a client that says nothing more.
    fn exchange(&self, bytes: &[u8]) -> String {
        self.runtime.block_on(async {
            let mut client = Client::connect(self.server.address).await;
            // The server may have closed already.
            let _ = client.try_send(bytes).await;
            let _ = client.try_finish().await;
            client.read_to_end().await
        })
    }

    /// Whether no path and no method has become a label of its own.
    fn assert_labels_bounded(&self) {
        let text = self.server.metrics.text();
        let counted = text.lines().filter(|line| line.starts_with("eevee_operator_api_requests"));
        assert!(counted.count() < 100, "{text}");
    }
}

thread_local! {
    /// Those of the server, too: it runs on the thread of its test.
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.set(PANICS.get() + 1);
            report(panic);
        }));
    });
}

/// One answer, as far as the laws ask.
struct Answer {
    in_json: bool,
}

/// The answers in a text: each is whole, and in JSON but for the metrics and for what hyper says of
/// heads that are none, after which nothing follows.
fn answers(mut text: &str, method: &str) -> Result<Vec<Answer>, TestCaseError> {
    let mut answers: Vec<Answer> = Vec::new();
    while let Some((head, rest)) = text.split_once("\r\n\r\n") {
        let fail = |why: &str| TestCaseError::fail(format!("{why}: {head}"));
        prop_assert!(answers.iter().all(|answer| answer.in_json), "{} after the last", head);
        let header = |name: &str| {
            head.lines().find_map(|line| line.to_lowercase().strip_prefix(name).map(str::to_owned))
        };
        let status = head.split(' ').nth(1).ok_or_else(|| fail("no status"))?;
        if status == "100" {
            text = rest;
            continue;
        }
        let length = header("content-length: ").and_then(|length| length.parse::<usize>().ok());
        let length = if method == "HEAD" { Some(0) } else { length };
        let body = length.and_then(|length| rest.get(..length)).ok_or_else(|| fail("no body"))?;
        text = &rest[body.len()..];
        let in_json = match header("content-type: ").as_deref() {
            Some("application/json") => method == "HEAD" || is_object_or_list(body),
            Some(_) => status == "200" && (method == "HEAD" || body.starts_with("# HELP")),
            None => false,
        };
        let by_hyper = ["400", "414", "431"].contains(&status) && body.is_empty();
        prop_assert!(in_json || by_hyper, "{head}\n{body}");
        answers.push(Answer { in_json });
    }
    prop_assert_eq!(text, "", "not a whole answer");
    Ok(answers)
}

fn is_object_or_list(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(Value::Object(_) | Value::Array(_)))
}

/// A request that keeps the rules of HTTP.
fn request() -> impl Strategy<Value = Sent> {
    let parts = (method(), target(), vec(header(), 0..6), option::of(body()), any::<bool>());
    parts.prop_map(|(method, target, headers, body, chunked)| {
        // The body of CONNECT is what follows through the tunnel.
        let body = body.filter(|_| method != "CONNECT");
        let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: test\r\n").into_bytes();
        bytes.extend(headers.into_iter().flatten());
        match body {
            None => bytes.extend(b"\r\n"),
            Some(body) if chunked && !body.is_empty() => {
                bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                bytes.extend(format!("{:x}\r\n", body.len()).into_bytes());
                bytes.extend(body);
                bytes.extend(b"\r\n0\r\n\r\n");
            }
            Some(body) => {
                bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
                bytes.extend(body);
            }
        }
        Sent { method, bytes }
    })
}

fn method() -> impl Strategy<Value = String> {
    let known = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    prop_oneof![
        4 => select(known.to_vec()).prop_map(str::to_owned),
        1 => "[A-Z!#$%&'*+.^_`|~0-9-]{1,12}",
    ]
}

/// The four forms of a target, where the operator has something to answer and elsewhere.
fn target() -> impl Strategy<Value = String> {
    let authority = "[a-z][a-z0-9-]{0,8}(\\.[a-z]{1,3})?(:[0-9]{1,4})?";
    prop_oneof![
        4 => path(),
        2 => (authority, option::of(path()))
            .prop_map(|(host, path)| format!("http://{host}{}", path.unwrap_or_default())),
        2 => authority,
        1 => Just("*".to_owned()),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let known = [
        "/",
        "/api",
        "/api/health",
        "/api/metrics",
        "/metrics",
        "/livez",
        "/readyz",
        "/api/bot-modules",
        "/api/action/restart-module",
        "/API/Bot-Modules",
        "/%61pi/health",
        "//",
    ];
    let path = prop_oneof![
        2 => select(known.to_vec()).prop_map(str::to_owned),
        1 => "(/[A-Za-z0-9._~!$&'()*+,;=:@%-]{0,9}){1,4}",
    ];
    (path, "(/|//|\\?[a-zA-Z0-9=&%/?]{0,9})?").prop_map(|(path, end)| path + &end)
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "Authorization: Bearer token-of-the-tests\r\n",
        "Authorization: Bearer x\r\n",
        "Authorization:\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
        "Expect: 100-continue\r\n",
        "Content-Type: application/json; charset=\r\n",
        "Host: another\r\n",
    ];
    let other =
        ("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}", vec(prop_oneof![b' '..=b'~', 128..=255_u8], 0..20));
    prop_oneof![
        2 => select(known.to_vec()).prop_map(|header| header.as_bytes().to_vec()),
        1 => other.prop_map(|(name, value)| [b"X-", name.as_bytes(), b": ", &value, b"\r\n"].concat()),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        r#"{"moduleName":"echo","namespace":"bots"}"#,
        r#"{"moduleName":"echo","namespace":"elsewhere"}"#,
        r#"{"moduleName":["echo"],"namespace":null}"#,
        "{}",
        "[[[[",
    ];
    prop_oneof![
        select(known.to_vec()).prop_map(|body| body.as_bytes().to_vec()),
        vec(any::<u8>(), 0..200),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    Put(u8),
    Take,
    Replace(u8),
    CutHere,
    Again,
}

fn change() -> impl Strategy<Value = Change> {
    let byte = prop_oneof![any::<u8>(), select(&b"\r\n :/\0%?#@[]"[..])];
    prop_oneof![
        byte.clone().prop_map(Change::Put),
        Just(Change::Take),
        byte.prop_map(Change::Replace),
        Just(Change::CutHere),
        Just(Change::Again),
    ]
}

fn mutilated((mut sent, changes): (Sent, Vec<(Index, Change)>)) -> Sent {
    for (index, change) in changes {
        if sent.bytes.is_empty() {
            break;
        }
        let index = index.index(sent.bytes.len());
        match change {
            Change::Put(byte) => sent.bytes.insert(index, byte),
            Change::Take => drop(sent.bytes.remove(index)),
            Change::Replace(byte) => sent.bytes[index] = byte,
            Change::CutHere => sent.bytes.truncate(index),
            Change::Again => sent.bytes.extend_from_within(index..),
        }
    }
    sent
}

/// Pieces of requests in any order.
fn shreds() -> impl Strategy<Value = Sent> {
    let pieces = [
        "GET ",
        "POST ",
        "CONNECT ",
        "OPTIONS ",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "/",
        "*",
        "a:443",
        "http://",
        "api/action/restart-module",
        " HTTP/1.1\r\n",
        " HTTP/1.0\r\n",
        " HTTP/0.9\r\n",
        "Host: a\r\n",
        "Content-Length: ",
        "0",
        "18446744073709551616",
        "-1",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "ffffffffffffffff\r\n",
        "Expect: 100-continue\r\n",
        "Upgrade: websocket\r\n",
        "\r\n",
        "\r\n\r\n",
        "\n",
        " ",
        ":",
        "\0",
        "?",
        "#",
        "%",
        "[::1]:80",
        "@",
        "\u{e9}",
    ];
    vec(select(pieces.to_vec()), 1..14)
        .prop_map(|pieces| Sent { method: String::new(), bytes: pieces.concat().into_bytes() })
}
