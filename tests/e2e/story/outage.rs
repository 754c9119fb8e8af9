//! NATS goes away and comes back.

use crate::bot::Bot;
use crate::cluster::{eventually, shared_node};
use crate::place::{LONG, Place};
use serde_json::json;
use std::process::Command;

/// The line of `check` about one thing, as somebody with all rights gets it.
fn checked(subject: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.env_clear().env("KUBECONFIG", shared_node().kubeconfig());
    let output = command.args(["check", "--namespace", Place::shared().0]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("UTF-8");
    let line = text.lines().find(|line| line.contains(subject));
    line.unwrap_or_else(|| panic!("nothing about {subject}:\n{text}")).to_owned()
}

#[test]
fn modules_outlive_the_death_of_nats() {
    // Unready at the first failed look: NATS is back within seconds.
    let probe = json!({ "httpGet": { "path": "/health", "port": "metrics" }, "periodSeconds": 1, "failureThreshold": 1 });
    let watchful = json!({ "readinessProbe": probe });
    let bot =
        Bot::install(Place::shared(), "outage", &[("alice", watchful.clone()), ("bob", watchful)]);
    let before = bot.pods("alice");
    let server = format!("NATS eevee-bot/eevee-{}-nats", bot.ipc_config());
    let well = checked(&server);
    assert!(well.starts_with("pass") && well.contains("/healthz answers 200"), "{well}");

    let nats = format!("--selector=eevee.bot/ipcconfig={}", bot.ipc_config());
    eventually("check says that NATS is gone", LONG, || {
        bot.place.kubectl(&["delete", "pod", &nats, "--now", "--wait=false"]).success();
        let line = checked(&server);
        (line.starts_with("fail") && line.contains("no server is available")).then_some(())
    });
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
