//! Claims of every kind, and modules that do not run.

use super::jobs::{self, back_up};
use super::restores::{Restore, restore};
use super::store::Store;
use super::watch::Watch;
use super::{await_condition, await_running, condition, wait};
use crate::bot::Bot;
use crate::place::Place;
use eevee_operator::names::module;
use serde_json::{Value, json};

const NAME: &str = "claims";
const SCHEDULE: &str = "backupschedule/claims";

/// A module that is backed up, with a claim of a kind.
fn kept(mode: &str, mut more: Value) -> Value {
    more["persistentVolumeClaim"] = json!({ "accessModes": [mode] });
    more["backupSchedule"] = json!({ "name": NAME });
    more
}

/// Of one of several troubles, the message alone is sure to tell.
#[track_caller]
fn await_message(place: Place, words: &[&str]) {
    wait(place, &format!("{words:?} in the condition"), || {
        let (_, message) = condition(place, SCHEDULE, "Ready");
        words.iter().all(|word| message.contains(word)).then_some(())
    });
}

#[track_caller]
fn await_pods(bot: &Bot, module: &str, count: usize) {
    wait(bot.place, &format!("{count} pods of {module}"), || {
        let pods = bot.pods(module);
        (pods.len() == count && pods.iter().all(|pod| pod.is_ready)).then_some(())
    });
}

#[test]
fn each_claim_is_backed_up_and_restored_as_it_may_be_used() {
    let place = Place::shared();
    let store = Store::make(place, NAME);
    jobs::schedule(store, NAME, json!({}));
    let modules = [
        ("bare", json!({ "backupSchedule": { "name": NAME } })),
        ("idle", kept("ReadWriteOnce", json!({ "size": 0 }))),
        ("many", kept("ReadWriteMany", json!({ "size": 2 }))),
        ("off", kept("ReadWriteOnce", json!({}))),
        ("once", kept("ReadWriteOncePod", json!({}))),
    ];
    let mut bot = Bot::install(place, NAME, &modules);
    let names = ["bare", "idle", "many", "off", "once"].map(|name| bot.module(name));
    let [bare, idle, many, off, once] = names.each_ref().map(String::as_str);
    bot.change("off", json!({ "enabled": false }));
    place.wait_for_reason(&format!("botmodule/{off}"), "Disabled");

    // Who cannot be backed up is named, with what to do, and keeps nobody else from it.
    await_message(place, &["3 of 5", &format!("{bare}: it has no claim"), "persistentVolumeClaim"]);
    await_message(place, &[&format!("{once}: its claim is ReadWriteOncePod"), "size is 0"]);
    for module in [idle, many, off] {
        back_up(place, NAME, module);
    }

    bot.change("bare", json!({ "backupSchedule": null }));
    bot.change("once", json!({ "size": 0 }));
    await_condition(place, SCHEDULE, "Ready", "CronJobsCreated", &[once]);
    assert!(back_up(place, NAME, once).databases == 1, "its diary");
    bot.change("once", json!({ "size": 1 }));
    await_condition(place, SCHEDULE, "Ready", "ClaimExclusive", &[once]);
    await_running(place, once);

    let mut watch = Watch::begin(place);
    let restores = [
        Restore::begin(store, "claims-idle", idle, json!({ "from": { "module": many } })),
        Restore::begin(store, "claims-many", many, json!({})),
        Restore::begin(store, "claims-off", off, json!({})),
        Restore::begin(store, "claims-once", once, json!({})),
    ];
    restores.iter().for_each(Restore::await_success);
    let bare = Restore::begin(store, "claims-bare", bare, json!({}));
    let (reason, message) = bare.await_end();
    assert_eq!(reason, "InvalidSpec", "{message}");
    assert!(message.contains("persistentVolumeClaim"), "{message}");

    // All are as they were: the restore has neither started nor stopped anybody for good.
    await_pods(&bot, "many", 2);
    await_pods(&bot, "once", 1);
    await_pods(&bot, "idle", 0);
    place.wait_for_reason(&format!("botmodule/{off}"), "Disabled");
    await_pods(&bot, "off", 0);
    for module in [idle, many, off, once] {
        assert_eq!(watch.assert_no_meeting(&module::claim(module)), 1, "{module}");
    }

    bot.change("off", json!({ "enabled": true }));
    await_running(place, off);
    bot.remove();
}

#[test]
fn two_restores_of_one_module_run_one_after_the_other() {
    let place = Place::shared();
    let store = Store::make(place, "queue");
    jobs::schedule(store, "queue", json!({}));
    let kept = json!({ "persistentVolumeClaim": {}, "backupSchedule": { "name": "queue" } });
    let bot = Bot::install(place, "queue", &[("alice", kept)]);
    let alice = bot.module("alice");
    let id = back_up(place, "queue", &alice).id.expect("an id");
    let mut watch = Watch::begin(place);
    let first = Restore::begin(store, "queue-1", &alice, json!({ "backupId": id }));
    restore(store, "queue-2", &alice, json!({ "backupId": id }));
    first.await_success();
    await_running(place, &alice);
    assert_eq!(watch.assert_no_meeting(&module::claim(&alice)), 2);
    bot.remove();
}
