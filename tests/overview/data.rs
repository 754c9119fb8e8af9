//! The overview as data.

use crate::{bot, golden};
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use eevee_operator::overview::{Level, overview};

#[test]
fn a_bot_as_json() {
    let json = serde_json::to_string_pretty(&bot()).expect("JSON");
    // What stands in its Secrets, its configuration and its environment.
    for secret in ["swordfish", "API_KEY", "dGhl", "the-very-secret-token"] {
        assert!(!json.contains(secret), "{secret}");
    }
    golden("a_bot_as_json", &json);
}

/// The operator makes it again. Where it does not, somebody must look.
#[test]
fn a_token_that_is_gone_is_a_warning_although_the_status_is_well() {
    let mut snapshot = crate::cluster(
        "apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {}
status: {conditions: [{type: Ready, status: \"True\", reason: NatsDeployed, message: m}]}
",
    );
    let seen = overview(&snapshot);
    assert_eq!((seen.level, seen.totals.warning), (Level::Warning, 1));
    let ipc_config = &seen.namespaces[0].ipc_configs[0];
    assert_eq!(ipc_config.resource.problems[0].reason, "TokenMissing");
    assert!(ipc_config.resource.advice.as_ref().is_some_and(|it| it.contains("operator runs")));

    let secret = ObjectRef::new(Kind::Secret, "eevee-bot", "eevee-main-nats-token");
    snapshot.set_unknown(secret);
    assert_eq!(overview(&snapshot).level, Level::Ok, "nobody could see it");
}
