//! The whole way: a store, a schedule, a look, a disaster, a restore.

use super::claim::{self, Note};
use super::restores::restore;
use super::store::Store;
use super::watch::Watch;
use super::{await_condition, await_running, jobs, report, wait};
use crate::bot::Bot;
use crate::cluster::shared_node;
use crate::place::Place;
use eevee_operator::names::module;
use serde_json::{Value, json};
use std::process::Command;

const BOT: &str = "saved";

/// A module that keeps its data, and is backed up.
fn kept() -> Value {
    json!({ "persistentVolumeClaim": {}, "backupSchedule": { "name": BOT } })
}

/// With a store and a schedule of every minute, all of it by the chart's values.
fn install(store: Store) -> Bot {
    let mut bot = Bot::planned(store.place, BOT, &[("alice", kept())]);
    bot.set("backupStore", json!({ "name": BOT, "spec": store.spec() }));
    let spec = json!({ "schedule": "* * * * *", "s3Store": { "name": BOT } });
    bot.set("backupSchedules", json!([{ "name": BOT, "spec": spec }]));
    bot.apply();
    bot.await_ready();
    store.await_connection();
    await_condition(bot.place, "backupschedule/saved", "Ready", "CronJobsCreated", &[]);
    bot
}

/// What a module says of its diary, which has to be sound and whole. Gives the number of its last row.
#[track_caller]
fn last_row(bot: &Bot, module: &str) -> i64 {
    await_running(bot.place, &bot.module(module));
    let told = wait(bot.place, &format!("the diary of {module}"), || {
        serde_json::from_str::<Value>(&bot.try_asking(module, "diary").ok()?).ok()
    });
    assert_eq!(told["integrity"], "ok", "{told}");
    let number = |field: &str| told[field].as_i64().unwrap_or_default();
    assert_eq!(number("last") - number("first") + 1, number("rows"), "{told}");
    number("last")
}

#[track_caller]
fn await_rows(bot: &Bot, module: &str, rows: i64) {
    wait(bot.place, &format!("{rows} rows"), || (last_row(bot, module) >= rows).then_some(()));
}

/// Has a person look into the store.
#[track_caller]
fn listed(bot: &Bot, module: &str) -> Vec<String> {
    let node = shared_node();
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.env("KUBECONFIG", node.kubeconfig()).env("HOME", node.folder());
    command.args(["backups", module, "--namespace", bot.place.0, "--output=json"]);
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let items = list.as_array().or(list["items"].as_array()).expect("a list").iter();
    items.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

#[track_caller]
fn suspend(bot: &Bot) {
    let patch = r#"{"spec":{"suspend":true}}"#;
    bot.place
        .kubectl(&["patch", "backupschedule/saved", "--type=merge", "--patch", patch])
        .success();
    bot.place.wait("jsonpath={.spec.suspend}=true", &["cronjob/saved-saved-alice-backup"]);
    wait(bot.place, "no backup runs", || {
        let path = "{.status.active[*].name}";
        bot.place.find(&["cronjob/saved-saved-alice-backup"], path).is_empty().then_some(())
    });
}

/// Waits for a backup that nobody asked for.
#[track_caller]
fn await_scheduled(bot: &Bot) {
    wait(bot.place, "a backup by schedule", || {
        let path = "{.status.lastSuccessfulTime}";
        let cron_job = bot.place.find(&["cronjob/saved-saved-alice-backup"], path);
        (!cron_job.is_empty()).then_some(())
    });
}

#[test]
fn data_is_backed_up_lost_and_restored() {
    let place = Place::shared();
    let store = Store::planned(place, BOT);
    let mut bot = install(store);
    let alice = bot.module("alice");
    let mut watch = Watch::begin(place);
    let kept = Note::on(&bot, "alice", "kept");
    let stray = Note::on(&bot, "alice", "stray");

    kept.write("first");
    await_rows(&bot, "alice", 20);
    let before = last_row(&bot, "alice");
    let first = jobs::back_up(place, BOT, &alice).id.expect("an id");
    kept.write("second");
    let then = last_row(&bot, "alice");
    let second = jobs::back_up(place, BOT, &alice).id.expect("an id");
    assert!(listed(&bot, &alice).iter().filter(|id| [&first, &second].contains(id)).count() == 2);

    // A named one. What the backup has not is left alone.
    stray.write("new");
    restore(store, "named", &alice, json!({ "backupId": first }));
    assert!(last_row(&bot, "alice") >= before);
    assert_eq!((kept.read().as_deref(), stray.read().as_deref()), (Some("first"), Some("new")));
    // Now it is not.
    restore(store, "clean", &alice, json!({ "backupId": second, "cleanRestore": true }));
    assert!(last_row(&bot, "alice") >= then);
    assert_eq!((kept.read().as_deref(), stray.read()), (Some("second"), None));

    await_scheduled(&bot);
    suspend(&bot);
    kept.write("third");
    await_rows(&bot, "alice", then + 10);
    let then = last_row(&bot, "alice");
    let third = jobs::back_up(place, BOT, &alice).id.expect("an id");
    assert_eq!(listed(&bot, &alice), store.backups(&alice));
    assert_eq!(store.backups(&alice)[0], third);

    claim::lose_everything(&bot, "alice");
    let newest = restore(store, "newest", &alice, json!({}));
    assert_eq!(newest.backup_id(), third);
    assert!(last_row(&bot, "alice") >= then);
    assert_eq!(kept.read().as_deref(), Some("third"));
    assert_eq!(watch.assert_no_meeting(&module::claim(&alice)), 3);

    bootstrap(&mut bot, &alice, then);
    move_to_another(store, &mut bot, &alice, then);
    drop(watch);
    bot.remove();
}

/// A new module that has the name of the old one begins with its data.
fn bootstrap(bot: &mut Bot, of: &str, rows: i64) {
    let from = json!({ "s3Store": { "name": BOT } });
    let spec =
        json!({ "persistentVolumeClaim": {}, "moduleName": of, "bootstrapFromBackup": from });
    bot.add(&[("bob", spec)]);
    let object = format!("botmodule/{}", bot.module("bob"));
    await_condition(bot.place, &object, "Bootstrapped", "Bootstrapped", &[]);
    assert!(last_row(bot, "bob") >= rows, "{}", report(bot.place));
    assert_eq!(Note::on(bot, "bob", "kept").read().as_deref(), Some("third"));
}

/// A module of another name takes the data over.
fn move_to_another(store: Store, bot: &mut Bot, of: &str, rows: i64) {
    bot.add(&[("carol", json!({ "persistentVolumeClaim": {} }))]);
    bot.await_ready();
    let from = json!({ "from": { "module": of }, "cleanRestore": true });
    restore(store, "moved", &bot.module("carol"), from);
    assert!(last_row(bot, "carol") >= rows);
    assert_eq!(Note::on(bot, "carol", "kept").read().as_deref(), Some("third"));
}
