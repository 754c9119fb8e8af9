//! Installing, upgrading, uninstalling and installing again, by the commands that the READMEs name.

use crate::bot::Bot;
use crate::cluster::eventually;
use crate::place::{self, LONG, Place};
use crate::readme;
use serde_json::{Value, json};

const PLACE: Place = Place("lifecycle");

/// What has to outlive everything: both tokens and the claim.
fn lasting() -> [String; 4] {
    let claim = "pvc/eevee-my-bot-alice-module-pvc";
    [
        PLACE.find(&["secret/eevee-operator-api-token"], "{.data.token}"),
        PLACE.find(&["secret/my-bot-token"], "{.data.token}"),
        PLACE.find(&[claim], "{.metadata.uid}"),
        PLACE.find(&[claim], "{.status.phase}"),
    ]
}

fn run(readme: &str, beginning: &str, values: &str) {
    readme::run(place::helm(), readme, beginning, PLACE, values);
}

fn install(bot: &Bot) {
    let operator = place::operator().to_string();
    run("README.md", "install eevee-operator", &operator);
    run("README.md", "install my-bot", &bot.values().to_string());
    PLACE.await_rollout("eevee-operator");
    bot.await_ready();
    run("operator/README.md", "test eevee-operator", "");
    run("bot/README.md", "test my-bot", "");
}

fn await_no_pods() {
    eventually("all pods are gone", LONG, || {
        PLACE.find(&["pods"], "{.items[*].metadata.name}").is_empty().then_some(())
    });
}

#[test]
fn tokens_and_claims_outlive_upgrades_and_uninstallation() {
    place::install_crds();
    let crds = Place("eevee-bot");
    readme::run(place::helm(), "crds/README.md", "test eevee-crds", crds, "");
    PLACE.make();
    // With the probes that a module has by default.
    let spec = json!({ "persistentVolumeClaim": {}, "readinessProbe": Value::Null });
    let mut bot = Bot::planned(PLACE, "my-bot", &[("alice", spec)]);
    install(&bot);
    assert_eq!(bot.ask("alice", "starts"), "1");
    let before = lasting();
    assert!(before.iter().all(|it| !it.is_empty()), "something is missing");

    let mut operator = place::operator();
    operator["operator"]["operator"]["env"] = json!({ "logLevel": "debug" });
    PLACE.install("eevee-operator", "operator", &operator);
    bot.change("alice", json!({ "moduleConfig": "greeting: Ahoy\n" }));
    bot.await_answer("alice", "hello", "Ahoy from my-bot-alice");
    assert!(lasting() == before, "an upgrade changed a token or the claim");

    PLACE.uninstall("my-bot");
    PLACE.uninstall("eevee-operator");
    await_no_pods();
    assert!(lasting() == before, "uninstalling took a token or the claim");

    install(&bot);
    assert_eq!(bot.ask("alice", "starts"), "3");
    assert!(lasting() == before, "installing again changed a token or the claim");
    bot.remove();
    PLACE.uninstall("eevee-operator");
}
