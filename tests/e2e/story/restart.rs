//! A module uses the operator's HTTP API.

use crate::bot::Bot;
use crate::cluster::eventually;
use crate::place::{LONG, Place};
use serde_json::json;

#[test]
fn a_module_with_the_token_restarts_another_through_the_operator() {
    let admin = json!({ "mountOperatorApiToken": true });
    let bot = Bot::install(Place::shared(), "restart", &[("admin", admin), ("bob", json!({}))]);
    let before = bot.pods("bob");

    let answer = bot.ask("admin", "restart restart-bob");
    assert!(answer.starts_with("200 OK: "), "{answer}");
    assert!(answer.contains("Module restart-bob restart initiated successfully"), "{answer}");

    eventually("another pod", LONG, || {
        let now = bot.pods("bob");
        (now.len() == 1 && now[0].uid != before[0].uid && now[0].is_ready).then_some(())
    });
    assert_eq!((bot.rollouts("admin"), bot.rollouts("bob")), (0, 1));

    // Who was given no token has no way in.
    let answer = bot.ask("bob", "restart restart-admin");
    assert_eq!(answer, "I may not: my spec has no mountOperatorApiToken");
    bot.remove();
}
