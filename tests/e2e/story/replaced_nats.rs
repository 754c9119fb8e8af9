//! A NATS server is to be replaced by one that cannot start: the one that runs goes on serving.

use crate::bot::Bot;
use crate::cluster::{eventually, image};
use crate::nats;
use crate::place::{LONG, Place};
use serde_json::{Value, json};

const SERVES_ON: &str = "the former revision goes on serving";

fn resource(bot: &Bot) -> String {
    format!("ipcconfig/{}", bot.ipc_config())
}

/// Waits until Ready is NatsUnavailable with these words in its message.
fn await_trouble(bot: &Bot, words: &str) {
    bot.place.wait_for_reason(&resource(bot), "NatsUnavailable");
    let path = "{.status.conditions[?(@.type==\"Ready\")].message}";
    let message = eventually(words, LONG, || {
        let message = bot.place.find(&[&resource(bot)], path);
        message.contains(words).then_some(message)
    });
    assert!(message.ends_with(SERVES_ON), "{message}");
}

/// Starts a module's pod again, and waits until the new one is ready.
fn restart_pod(bot: &Bot, module: &str) {
    let before = bot.pods(module);
    let selector = format!("--selector=eevee.bot/module={}", bot.module(module));
    bot.place.kubectl(&["delete", "pod", &selector, "--now"]).success();
    eventually("another pod", LONG, || {
        let now = bot.pods(module);
        (now.len() == 1 && now[0].uid != before[0].uid && now[0].is_ready).then_some(())
    });
}

#[test]
fn a_token_is_not_rotated_while_a_server_with_a_bad_image_is_to_come() {
    let modules = [("alice", json!({})), ("bob", json!({}))];
    let mut bot = Bot::install(Place::shared(), "badnats", &modules);
    let token = bot.token();

    bot.change_nats(json!({ "image": image("no-such-nats") }));
    bot.place.kubectl(&["annotate", &resource(&bot), "eevee.bot/rotate-token=now"]).success();
    await_trouble(&bot, "ImagePullBackOff");
    let rotated = "{.status.conditions[?(@.type==\"TokenRotated\")].reason}";
    assert_eq!(bot.place.find(&[&resource(&bot)], rotated), "WaitingForServer");
    restart_pod(&bot, "alice");
    bot.await_answer("alice", "ask badnats-bob hello", "Hello from badnats-bob");
    assert_eq!(bot.token(), token);

    bot.change_nats(json!({ "image": image("nats") }));
    eventually("another token", LONG, || (bot.token() != token).then_some(()));
    bot.await_answer("alice", "ask badnats-bob hello", "Hello from badnats-bob");
    bot.await_ready();
    nats::login(&bot.nats_address(), &token).expect_err("the old token is refused");
    bot.remove();
}

#[test]
fn nats_runs_on_where_a_second_pod_has_no_room() {
    let mut bot = Bot::install(Place::shared(), "noroom", &[("alice", json!({}))]);
    bot.change_nats(json!({ "resources": { "requests": { "memory": "1Ti" } } }));
    await_trouble(&bot, "Unschedulable");
    assert_eq!(bot.ask("alice", "hello"), "Hello from noroom-alice");

    bot.change_nats(json!({ "resources": Value::Null }));
    bot.await_ready();
    bot.remove();
}

#[test]
fn nats_runs_on_where_the_quota_has_no_room_for_a_second_pod() {
    let mut bot = Bot::install(Place::shared(), "quota", &[("alice", json!({}))]);
    let quota = ["create", "quota", "none-left", "--hard=pods=0"];
    bot.place.kubectl(&quota).success();
    let counted = "jsonpath={.status.hard.pods}=0";
    bot.place.wait(counted, &["quota/none-left"]);

    bot.change_nats(json!({ "resources": { "requests": { "memory": "1Mi" } } }));
    await_trouble(&bot, "exceeded quota");
    assert_eq!(bot.ask("alice", "hello"), "Hello from quota-alice");

    bot.place.kubectl(&["delete", "quota/none-left"]).success();
    bot.await_ready();
    bot.remove();
}
