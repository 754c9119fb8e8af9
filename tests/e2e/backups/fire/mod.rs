//! Restores under fire: whatever dies in the middle of one, a module never runs on a mixture of old and new files, and none is
//! archived.

mod deed;
mod moment;
mod process;
mod round;
mod sentry;

use super::jobs;
use super::set::Set;
use super::store::Store;
use super::watch::Watch;
use super::{archive, claim};
use crate::bot::Bot;
use crate::place::Place;
use deed::Deed;
use eevee_operator::names::module;
use moment::Moment;
use round::Front;
use sentry::Sentry;
use serde_json::json;
use std::collections::BTreeMap;
use std::env;

const NAME: &str = "fire";

/// How many rounds are fought where `BACKUP_ROUNDS` does not say it.
const ROUNDS: usize = 2;

/// What is done when, in the order of how much it tells.
const ROUNDS_OF: [(Moment, Deed); 20] = [
    (Moment::Moves, Deed::DeleteRestoreAndKill),
    (Moment::Moves, Deed::KillAndKillOperator),
    (Moment::Random, Deed::DeletePod),
    (Moment::Moves, Deed::DeletePod),
    (Moment::Moves, Deed::StopContainerd),
    (Moment::Random, Deed::Kill),
    (Moment::Moves, Deed::DeleteRestore),
    (Moment::Moves, Deed::KillEveryTry),
    (Moment::Random, Deed::DeleteRestore),
    (Moment::Random, Deed::KillAndKillOperator),
    (Moment::Random, Deed::Kill),
    (Moment::Moves, Deed::Kill),
    (Moment::Random, Deed::DeletePod),
    (Moment::Random, Deed::DeleteRestoreAndKill),
    (Moment::Random, Deed::Kill),
    (Moment::Moves, Deed::DeleteRestoreAndKill),
    (Moment::Random, Deed::Kill),
    (Moment::Random, Deed::DeletePod),
    (Moment::Moves, Deed::KillEveryTry),
    (Moment::Random, Deed::Kill),
];

fn rounds() -> usize {
    let wanted = env::var("BACKUP_ROUNDS").ok();
    wanted.map_or(ROUNDS, |count| count.parse().expect("BACKUP_ROUNDS is a number"))
}

#[test]
fn a_mixture_of_old_and_new_files_never_runs_and_is_never_archived() {
    let place = Place::shared();
    let store = Store::make(place, NAME);
    jobs::schedule(store, NAME, json!({}));
    let kept = json!({ "persistentVolumeClaim": {}, "backupSchedule": { "name": NAME } });
    let bot = Bot::install(place, NAME, &[("alice", kept)]);
    let alice = bot.module("alice");
    let set = Set::on(&claim::folder(&bot, "alice"));
    let backups = [1, 2].map(|generation| {
        set.write(generation);
        jobs::back_up(place, NAME, &alice).id.expect("an id")
    });
    let mut watch = Watch::begin(place);
    let sentry = Sentry::post(&alice, claim::folder(&bot, "alice"));

    let front = Front { bot: &bot, store, set: &set, backups: &backups };
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for (number, (moment, deed)) in ROUNDS_OF.iter().cycle().take(rounds()).enumerate() {
        let outcome = front.fight(number, *moment, *deed);
        println!("round {number}: {moment:?}, {deed:?}: {outcome:?}");
        *outcomes.entry(format!("{outcome:?}")).or_default() += 1;
    }
    println!("outcomes of {} rounds: {outcomes:?}", rounds());

    let seen = sentry.relieve();
    assert!(seen > 0, "no module was seen to start");
    assert!(watch.assert_no_meeting(&module::claim(&alice)) >= rounds(), "restores had no pods");
    for id in store.backups(&alice) {
        let found = archive::generations(&store.archive(&alice, &id));
        assert!(found.whole().is_some(), "backup {id} is a mixture: {found:?}");
    }
    bot.remove();
}
