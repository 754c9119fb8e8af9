//! Operator and bot in one release, by the commands of its README.

use crate::bot::Bot;
use crate::place::{self, Place};
use crate::readme;
use serde_json::json;

const PLACE: Place = Place("umbrella");

fn run(beginning: &str, values: &str) {
    readme::run(place::helm(), "eevee/README.md", beginning, PLACE, values);
}

#[test]
fn one_release_brings_the_operator_and_its_bot() {
    place::install_crds();
    PLACE.make();
    let bot = Bot::planned(PLACE, "home", &[("alice", json!({}))]);
    let values = json!({ "operator": place::operator(), "bot": bot.values() });
    run("install eevee", &values.to_string());
    PLACE.await_rollout("eevee-operator");
    PLACE.wait("condition=Ready", &["ipcconfigs,botmodules", "--all"]);
    run("test eevee", "");
    bot.await_answer("alice", "hello", "Hello from home-alice");
    PLACE.uninstall("eevee");
}
