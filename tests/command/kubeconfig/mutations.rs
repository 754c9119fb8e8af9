//! Whatever stands in a kubeconfig, there is a client or a message.

use super::certificates::Authority;
use crate::program::Folder;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use eevee_operator::shell;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::LazyLock;

/// A kubeconfig that can be used, with every field but plugins: mutated, those could be anything.
static GOOD: LazyLock<String> = LazyLock::new(|| {
    let authority = Authority::new();
    let client = authority.issue(&[]);
    let encode = |pem: &str| STANDARD.encode(pem);
    format!(
        "apiVersion: v1
kind: Config
clusters:
- name: c
  cluster:
    server: https://127.0.0.1:1/prefix
    certificate-authority-data: {}
    tls-server-name: api.internal
    proxy-url: http://me:word@127.0.0.1:2
    insecure-skip-tls-verify: false
users:
- name: u
  user:
    client-certificate-data: {}
    client-key-data: {}
    token: some-token
    as: jane
    as-groups: [a, b]
    as-user-extra: {{key: [value]}}
- name: v
  user: {{username: me, password: word}}
- name: w
  user: {{auth-provider: {{name: oidc, config: {{id-token: t}}}}}}
contexts:
- name: x
  context: {{cluster: c, user: u}}
current-context: x
",
        encode(&authority.pem),
        encode(&client.pem),
        encode(&client.key_pem)
    )
});

/// Values that somebody's program may write into any field.
const VALUES: [&str; 30] = [
    "",
    "''",
    "null",
    "~",
    "true",
    "0",
    "-1",
    "1e3",
    "[]",
    "{}",
    "[a]",
    "{a: b}",
    "\"\\n\"",
    "\"\\0\"",
    "\"\\u0001\"",
    "\"a\\nb\"",
    "\"\\u00e4\"",
    "'a b'",
    "https://",
    "https://[",
    "://",
    "https://a:99999",
    "socks5://",
    "http://@",
    "/",
    "AAAA",
    "LS0tLS1CRUdJTg==",
    "&a *a",
    "!!binary a",
    "\"\\ud800\"",
];

#[derive(Clone, Debug)]
enum Mutation {
    /// The value of the line becomes another.
    Value(Index, &'static str),
    Line(Index),
    Byte(Index, u8),
    Insert(Index, u8),
    Cut(Index, Index),
    Context(&'static str),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), select(&VALUES[..])).prop_map(|(at, value)| Mutation::Value(at, value)),
        1 => any::<Index>().prop_map(Mutation::Line),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Cut(from, to)),
        1 => select(&["u", "v", "w"][..]).prop_map(Mutation::Context),
    ]
}

fn mutated(mut text: Vec<u8>, mutation: &Mutation) -> Vec<u8> {
    if text.is_empty() {
        return text;
    }
    let length = text.len();
    match mutation {
        Mutation::Value(at, value) => change_line(&text, *at, |line| {
            let key = line.split_inclusive(|byte| *byte == b':').next().unwrap_or_default();
            [key, b" ", value.as_bytes()].concat()
        }),
        Mutation::Line(at) => change_line(&text, *at, |_| Vec::new()),
        Mutation::Byte(at, byte) => {
            text[at.index(length)] = *byte;
            text
        }
        Mutation::Insert(at, byte) => {
            text.insert(at.index(length), *byte);
            text
        }
        Mutation::Cut(from, to) => {
            let (from, to) = (from.index(length), to.index(length));
            text.drain(from.min(to)..from.max(to));
            text
        }
        Mutation::Context(user) => {
            let text = String::from_utf8_lossy(&text);
            text.replace("user: u}", &format!("user: {user}}}")).into_bytes()
        }
    }
}

fn change_line(text: &[u8], at: Index, change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = at.index(lines.len());
    lines[at] = change(&lines[at]);
    lines.join(&b'\n')
}

/// A client of what stands there, or the message.
fn client_of(folder: &Folder, text: &[u8]) -> Result<(), String> {
    folder.write("config", text);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let _entered = runtime.as_ref().expect("a runtime").enter();
    let access = shell::from_kubeconfig(Some(&folder.path("config")), None)?;
    let _ = access.server();
    shell::client(access).map(drop)
}

#[test]
fn the_kubeconfig_that_is_mutated_can_be_used() {
    client_of(&Folder::of(&[]), GOOD.as_bytes()).expect("a client");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_in_a_kubeconfig_nothing_panics(mutations in prop::collection::vec(mutation(), 1..5)) {
        let text = mutations.iter().fold(GOOD.clone().into_bytes(), mutated);
        if let Err(why) = client_of(&Folder::of(&[]), &text) {
            prop_assert!(!why.contains('\n') && !why.is_empty(), "{why}");
        }
    }
}
