//! NATS goes away and comes back.

use crate::bot::Bot;
use crate::cluster::eventually;
use crate::place::{LONG, Place};
use serde_json::json;

#[test]
fn modules_outlive_the_death_of_nats() {
    // Unready at the first failed look: NATS is back within seconds.
    let probe = json!({ "httpGet": { "path": "/health", "port": "metrics" }, "periodSeconds": 1, "failureThreshold": 1 });
    let watchful = json!({ "readinessProbe": probe });
    let bot =
        Bot::install(Place::shared(), "outage", &[("alice", watchful.clone()), ("bob", watchful)]);
    let before = bot.pods("alice");

    let nats = format!("--selector=eevee.bot/ipcconfig={}", bot.ipc_config());
    eventually("alice is unready while NATS dies", LONG, || {
        bot.place.kubectl(&["delete", "pod", &nats, "--now", "--wait=false"]).success();
        (bot.pods("alice")[0].since != before[0].since).then_some(())
    });
    let after = eventually("alice is ready again", LONG, || {
        Some(bot.pods("alice")).filter(|now| now[0].is_ready)
    });
    assert_eq!((&after[0].uid, after[0].restarts), (&before[0].uid, 0), "it was replaced");
    bot.await_answer("alice", "ask outage-bob hello", "Hello from outage-bob");
    bot.await_ready();
    bot.remove();
}
