//! What a module keeps in its claim.

use crate::bot::Bot;
use crate::cluster::eventually;
use crate::place::{LONG, Place};
use serde_json::json;

#[test]
fn a_module_that_was_disabled_finds_its_data_again() {
    let keeps = json!({ "persistentVolumeClaim": {} });
    let mut bot = Bot::install(Place::shared(), "data", &[("alice", keeps)]);
    assert_eq!(bot.ask("alice", "starts"), "1");

    bot.change("alice", json!({ "enabled": false }));
    bot.place.wait_for_reason("botmodule/data-alice", "Disabled");
    let deployment = format!("deployment/{}", bot.deployment("alice"));
    assert!(bot.place.get(&deployment).is_none(), "the Deployment is there");
    eventually("its pods go", LONG, || bot.pods("alice").is_empty().then_some(()));

    bot.change("alice", json!({ "enabled": true }));
    bot.await_answer("alice", "starts", "2");
    bot.remove();
}
