//! nats.conf in a real nats-server, above all with tokens that look like something else.

use crate::cluster::NatsServer;
use crate::support;
use base64::Engine;
use eevee_operator::action::Verb;
use eevee_operator::manifest::{Input, load};
use eevee_operator::object::Object;
use eevee_operator::offline;
use eevee_operator::render::render;
use eevee_operator::world::World;
use serde_json::Value;

/// What render makes of an IpcConfig with a token Secret: nats.conf, or why there is none.
fn configuration(token: &[u8], replicas: u8) -> Result<String, String> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(token);
    let text = format!(
        "{{apiVersion: eevee.bot/v1, kind: IpcConfig, metadata: {{name: main}}, spec: {{nats: {{managed: {{replicas: {replicas}}}}}}}}}\n---\n{{apiVersion: v1, kind: Secret, metadata: {{name: eevee-main-nats-token}}, data: {{token: \"{encoded}\"}}}}\n"
    );
    let source = Input { name: "case".to_owned(), text };
    let loaded =
        load(&[source], support::defaults()).unwrap_or_else(|unusable| panic!("{unusable}"));
    let world: World = offline::admitted(loaded);
    let mut ready = String::new();
    for action in render(world.snapshot()) {
        match &action.verb {
            Verb::Apply { manifest, .. } if action.target.name == "eevee-main-nats-config" => {
                let secret = Object::new(manifest.clone(), "eevee-bot").expect("a Secret");
                let file = secret.secret_value("nats.conf").expect("nats.conf");
                return Ok(String::from_utf8(file).expect("text"));
            }
            Verb::Status { status, .. } => {
                let message = status["conditions"][0]["message"].as_str();
                message.unwrap_or_default().clone_into(&mut ready);
                assert_eq!(status["conditions"][0]["reason"], Value::from("TokenNotFound"));
            }
            _ => {}
        }
    }
    Err(ready)
}

#[test]
fn hostile_tokens_authenticate() {
    let long = "t".repeat(4096);
    let hostile = [
        "plain-token",
        "with \"double\" quotes",
        "with 'single' quotes",
        "back\\slash \\x41 \\n",
        "$X",
        "$NATS_TOKEN",
        "#comment",
        "a#b // c",
        "line\nfeed",
        "carriage\r\nreturn",
        "tab\tbed",
        "1234567890",
        "0x1f",
        "1e5",
        "10k",
        "true",
        "{a: b}",
        "[1, 2]",
        "; = : ,",
        "ünïcödé 🎉",
        " leading and trailing ",
        "include ./other.conf",
        "\u{1}\u{7f}",
        "%s",
        long.as_str(),
    ];
    for token in hostile {
        let conf =
            configuration(token.as_bytes(), 1).unwrap_or_else(|why| panic!("{token:?}: {why}"));
        let server = NatsServer::start(&conf, &[])
            .unwrap_or_else(|refused| panic!("{token:?}: {refused}\n{conf}"));
        assert_eq!(server.login(token), Ok(()), "{token:?}");
        assert!(server.login("something else").is_err(), "{token:?}: any token is let in");
    }
}

#[test]
fn tokens_that_the_server_could_not_use_are_refused() {
    let long = "t".repeat(4097);
    let cases: [(&[u8], &str); 5] = [
        (b"", "is empty"),
        (b"$2a$11$abcdefghijklmnopqrstuv", "begins with $2"),
        (b"nul\0byte", "NUL"),
        (b"\xff\xfe", "not UTF-8"),
        (long.as_bytes(), "longer than 4096 bytes"),
    ];
    for (token, why) in cases {
        let message = configuration(token, 1).expect_err("refused");
        assert!(message.contains(why), "{message}");
        assert!(token.is_empty() || !message.contains("abcdef"), "the token is shown: {message}");
    }
}

#[test]
fn the_configuration_of_a_cluster_is_valid() {
    let conf = configuration(b"token", 3).expect("a configuration");
    NatsServer::check(&conf, &[("POD_NAME", "eevee-main-nats-0")])
        .unwrap_or_else(|refused| panic!("{refused}\n{conf}"));
    NatsServer::check(&conf, &[]).expect_err("without a pod name there is no server name");
}
