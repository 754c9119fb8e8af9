//! A life in which the operator needs all of its rights.

use super::{backups, contention};
use crate::bot::Bot;
use crate::cluster::{eventually, shared_node};
use crate::place::{LONG, Place};
use serde_json::{Value, json};

/// Takes a bot through everything that makes the operator read, make, change and remove objects of each kind.
pub fn go_through(operator: Place, place: Place, name: &'static str) {
    make_claim(place, &format!("eevee-{name}-admin-module-pvc"));
    let admin = json!({ "mountOperatorApiToken": true, "persistentVolumeClaim": {} });
    let alice = json!({ "moduleConfig": "greeting: Ahoy\n", "persistentVolumeClaim": {} });
    let mut bot = Bot::install(place, name, &[("admin", admin), ("alice", alice)]);
    restart(&bot);
    rotate_token(&bot);
    scale_nats(&mut bot);
    take_configuration_and_grow_claim(&mut bot);
    backups::go_through(place, &mut bot, "alice");
    contention::provoke(operator, &bot, "alice");
    disable_and_enable(&mut bot);
    bot.remove();
}

/// One that the operator finds.
fn make_claim(place: Place, name: &str) {
    let claim = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": { "name": name, "namespace": place.0 },
        "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } },
    });
    shared_node().kubectl(&["create", "--filename=-"], Some(&claim.to_string())).success();
}

fn restart(bot: &Bot) {
    let answer = bot.ask("admin", &format!("restart {}", bot.module("alice")));
    assert!(answer.starts_with("200 OK"), "{answer}");
}

fn rotate_token(bot: &Bot) {
    let old = bot.token();
    let resource = format!("ipcconfig/{}", bot.ipc_config());
    bot.place.kubectl(&["annotate", &resource, "eevee.bot/rotate-token=now"]).success();
    eventually("another token", LONG, || (bot.token() != old).then_some(()));
}

/// What several servers need comes, and goes again.
fn scale_nats(bot: &mut Bot) {
    let nats = bot.nats();
    let only_for_several = [
        format!("poddisruptionbudget/{nats}"),
        format!("service/{nats}-cluster"),
        format!("secret/{nats}-routes"),
    ];
    for (replicas, what) in [(2, "create"), (1, "delete")] {
        bot.change_nats(json!({ "replicas": replicas }));
        for object in &only_for_several {
            bot.place.wait(what, &[object]);
        }
        bot.place.await_rollout(&nats);
    }
}

fn take_configuration_and_grow_claim(bot: &mut Bot) {
    let claim = json!({ "resources": { "requests": { "storage": "2Gi" } } });
    bot.change("alice", json!({ "moduleConfig": Value::Null, "persistentVolumeClaim": claim }));
    let config_map = format!("configmap/{}-config", bot.deployment("alice"));
    bot.place.wait("delete", &[&config_map]);
    let reason = "jsonpath={.status.conditions[?(@.type==\"ClaimReady\")].reason}=ResizeRefused";
    bot.place.wait(reason, &[&format!("botmodule/{}", bot.module("alice"))]);
}

fn disable_and_enable(bot: &mut Bot) {
    let resource = format!("botmodule/{}", bot.module("alice"));
    bot.change("alice", json!({ "enabled": false }));
    bot.place.wait_for_reason(&resource, "Disabled");
    bot.change("alice", json!({ "enabled": true }));
    bot.place.wait_for_reason(&resource, "AvailableReplicas");
}
