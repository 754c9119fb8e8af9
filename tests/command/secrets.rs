//! Masked output tells nothing of a secret; `--show-secrets` tells all.

use crate::documents::{BOT, find, names, pod_annotations, read, secret_value, secret_values};
use crate::fixtures::{self, API_TOKEN, Printed};
use crate::program::rendering;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeSet;

const TOKEN_DIGEST: &str = "eevee.bot/token-digest";
const ENV_DIGEST: &str = "eevee.bot/env-digest";
const CONFIG_HASH: &str = "eevee.bot/config-hash";
const APPLIED_DIGEST: &str = "eevee.bot/applied-digest";

/// The shortest text that is not in some other word by accident.
const TELLING: usize = 8;

fn of_bot(arguments: &[&str], token: &str) -> String {
    let run = rendering(&[&["-f", "examples/bot.yaml"], arguments].concat());
    run.with("EEVEE_OPERATOR_API_TOKEN", token).run().fine()
}

/// Every text that masked output of a file must not hold.
fn telling(printed: &Printed) -> BTreeSet<String> {
    let objects = [&printed.input, &printed.shown, &printed.shown_actions].map(|text| read(text));
    let mut telling = BTreeSet::from([API_TOKEN.to_owned(), STANDARD.encode(API_TOKEN)]);
    for object in objects.iter().flatten() {
        if object["kind"] == "Secret" {
            // The address of NATS stands beside the token and is no secret.
            let mut secret = object.clone();
            for data in ["data", "stringData"] {
                secret[data].as_object_mut().map(|data| data.remove("host"));
            }
            for (plain, base64) in secret_values(&secret) {
                telling.extend(String::from_utf8(plain).ok().map(|plain| plain.trim().to_owned()));
                telling.insert(base64);
            }
        }
        telling.extend(keyed_digests(object).into_iter().map(str::to_owned));
    }
    telling.retain(|text| text.len() >= TELLING);
    telling
}

/// The digests on an object that depend on a secret or on the digest key.
fn keyed_digests(object: &Value) -> Vec<&str> {
    let pods = pod_annotations(object);
    let is_nats = object["metadata"]["labels"]["eevee.bot/nats-server"].is_string();
    let mut keyed = vec![&pods[TOKEN_DIGEST], &pods[ENV_DIGEST]];
    if is_nats {
        keyed.push(&pods[CONFIG_HASH]);
    }
    if object["kind"] == "Secret" || keyed.iter().any(|digest| digest.is_string()) {
        keyed.push(&object["metadata"]["annotations"][APPLIED_DIGEST]);
    }
    keyed.into_iter().filter_map(Value::as_str).collect()
}

fn tells_nothing(printed: &Printed) {
    let telling = telling(printed);
    let Printed { masked, masked_json, masked_actions, messages, .. } = printed;
    for masked in [masked, masked_json, masked_actions, messages] {
        for text in &telling {
            assert!(!masked.contains(text), "{}: {text:?} is printed in\n{masked}", printed.name);
        }
    }
    for object in [&printed.masked, &printed.masked_actions].into_iter().flat_map(|text| read(text))
    {
        let digests = keyed_digests(&object);
        assert!(digests.is_empty(), "{}: {digests:?} are printed", printed.name);
    }
}

#[test]
fn masked_output_of_the_example_bot_tells_nothing() {
    let printed = fixtures::bot();
    let telling = telling(&printed);
    assert!(telling.contains("put-your-token-here"));
    // The API token, the NATS token, nats.conf, the digest key and Discord's token, each in plain
    // text or in base64, and the digests.
    assert!(telling.len() > 20, "{telling:#?}");
    tells_nothing(&printed);
}

#[test]
fn masked_output_of_every_fixture_tells_nothing() {
    fixtures::all().iter().for_each(tells_nothing);
    let digests = |printed: &Printed| {
        read(&printed.shown).iter().filter(|object| !keyed_digests(object).is_empty()).count()
    };
    let found: usize = fixtures::all().iter().map(digests).sum();
    assert!(found > 100, "only {found} objects carry a digest to look for");
}

/// This needs no list of what is secret: whatever depends on it would differ.
#[test]
fn masked_output_is_the_same_whatever_the_secrets_are() {
    let other = BOT.replace("put-your-token-here", "another-token");
    for way in [&[][..], &["-o", "json"], &["--actions"]] {
        let run = rendering(&[&["-f", "-"], way].concat()).reading(&other);
        let printed = run.with("EEVEE_OPERATOR_API_TOKEN", "another").run().fine();
        assert!(printed == of_bot(way, API_TOKEN), "{printed}");
    }
}

#[test]
fn a_masked_secret_is_one_that_no_api_server_takes() {
    let printed = fixtures::bot();
    let mut masked = 0;
    for object in read(&printed.masked).iter().filter(|object| object["kind"] == "Secret") {
        for value in object["data"].as_object().expect("data").values() {
            assert_eq!(value, "***");
            assert!(STANDARD.decode("***").is_err());
            masked += 1;
        }
        assert_eq!(object.get("stringData"), None);
    }
    assert!(masked >= 5, "only {masked} values were found");
}

#[test]
fn masked_output_is_refused_as_input_with_the_fix() {
    let masked = of_bot(&[], API_TOKEN);
    let ending = rendering(&["-f", "-"]).reading(&masked).run();
    ending.is_refused(&["standard input: document ", "is masked", "--show-secrets"]);
}

#[test]
fn shown_secrets_are_real() {
    let objects = read(&of_bot(&["--show-secrets"], API_TOKEN));
    let value = |secret: &str, key: &str| secret_value(find(&objects, "Secret", secret), key);
    assert_eq!(value("eevee-operator-api-token", "token"), API_TOKEN);
    let token = value("eevee-main-nats-token", "token");
    assert!(token.len() >= 32, "{token}");
    assert!(value("eevee-main-nats-config", "nats.conf").contains(&token));
    assert!(!value("eevee-operator-digest-key", "key").is_empty());
    let nats = find(&objects, "Deployment", "eevee-main-nats");
    assert!(pod_annotations(nats)[CONFIG_HASH].is_string());
    assert!(nats["metadata"]["annotations"][APPLIED_DIGEST].is_string());
}

#[test]
fn shown_secrets_of_every_fixture_are_base64() {
    let mut values = 0;
    for printed in fixtures::all() {
        assert!(!printed.shown.contains("***"), "{} is masked", printed.name);
        for object in read(&printed.shown).iter().filter(|object| object["kind"] == "Secret") {
            assert_eq!(object.get("stringData"), None, "{}", printed.name);
            values += secret_values(object).len();
        }
    }
    assert!(values > 250, "only {values} values were found");
}

#[test]
fn masks_hide_no_object_and_nothing_else() {
    for printed in fixtures::all() {
        let (masked, shown) = (read(&printed.masked), read(&printed.shown));
        assert_eq!(names(&masked), names(&shown), "{}", printed.name);
        for (masked, shown) in masked.iter().zip(&shown) {
            if shown["kind"] != "Secret" && keyed_digests(shown).is_empty() {
                assert_eq!(masked, shown, "{}", printed.name);
            }
        }
    }
}
