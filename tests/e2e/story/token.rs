//! The NATS token is changed on demand.

use crate::bot::Bot;
use crate::cluster::eventually;
use crate::nats;
use crate::place::{LONG, Place};
use serde_json::json;

#[test]
fn a_rotated_token_reaches_everybody_and_the_old_one_is_refused() {
    let bot = Bot::install(Place::shared(), "token", &[("alice", json!({})), ("bob", json!({}))]);
    let old = bot.token();
    nats::login(&bot.nats_address(), &old).expect("the token is good");

    let resource = format!("ipcconfig/{}", bot.ipc_config());
    bot.place.kubectl(&["annotate", &resource, "eevee.bot/rotate-token=now"]).success();

    eventually("another token", LONG, || (bot.token() != old).then_some(()));
    // Of both at once: alice has it, and bob too.
    bot.await_answer("alice", "ask token-bob hello", "Hello from token-bob");
    for module in ["alice", "bob"] {
        bot.place.await_rollout(&bot.deployment(module));
        assert_eq!(bot.rollouts(module), 1, "{module}");
    }
    let refused = nats::login(&bot.nats_address(), &old).expect_err("the old token is refused");
    assert!(refused.contains("Authorization Violation"), "{refused}");
    bot.await_ready();
    bot.remove();
}
