//! Modules find NATS, and each other through it.

use crate::bot::Bot;
use crate::place::Place;
use serde_json::json;

#[test]
fn two_modules_exchange_messages() {
    let bot = Bot::install(Place::shared(), "talk", &[("alice", json!({})), ("bob", json!({}))]);
    bot.await_answer("alice", "ask talk-bob hello", "Hello from talk-bob");
    bot.await_answer("bob", "ask talk-alice hello", "Hello from talk-alice");
    bot.remove();
}
