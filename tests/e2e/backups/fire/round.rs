//! One restore that is hit, and what comes of it.

use super::super::jobs::begin_backup_anywhere;
use super::super::restores::{Restore, restore};
use super::super::set::Set;
use super::super::store::Store;
use super::super::{await_running, claim, condition, wait};
use super::NAME;
use super::deed::Deed;
use super::moment::Moment;
use super::process::Process;
use crate::bot::Bot;
use serde_json::{Value, json};

/// A module, and a backup of each generation of its files.
pub struct Front<'a> {
    pub bot: &'a Bot,
    pub store: Store,
    pub set: &'a Set,
    pub backups: &'a [String; 2],
}

/// What came of a restore that was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Old,
    New,
    /// The module stood still until the next restore had finished.
    Incomplete,
}

impl Front<'_> {
    /// Has one generation restored over the other, and hits the restore.
    #[track_caller]
    pub fn fight(&self, number: usize, moment: Moment, deed: Deed) -> Outcome {
        let old = self.set.generations().whole().expect("one generation");
        let new = 3 - old;
        // Where the claim is emptied first, a whole folder is one move: there is no middle to be met.
        let is_clean = matches!(moment, Moment::Random) && number % 2 == 1;
        let backup = &self.backups[new as usize - 1];
        let wanted = json!({ "backupId": backup, "cleanRestore": is_clean });
        let name = format!("{NAME}-{number}");
        let hit = self.begin(&name, wanted.clone());
        let process =
            wait(self.bot.place, "the restore's process", || Process::of_operator("restore"));
        let is_struck = moment.strike(process, &claim::folder(self.bot, "alice"), self.set);
        assert!(is_struck || matches!(moment, Moment::Random), "the moves were over too soon");
        if matches!(moment, Moment::Moves) {
            self.assert_never_archived();
        }
        deed.commit(self.bot.place, &hit, process);
        let outcome = self.await_outcome(&hit, old, new);
        if outcome == Outcome::Incomplete {
            self.repair(&format!("{name}-again"), wanted, new);
        }
        self.assert_sound();
        outcome
    }

    fn begin(&self, name: &str, wanted: Value) -> Restore {
        Restore::begin(self.store, name, &self.bot.module("alice"), wanted)
    }

    /// Waits until the module runs again, on the one or the other, or says that it must not.
    #[track_caller]
    fn await_outcome(&self, hit: &Restore, old: u32, new: u32) -> Outcome {
        let place = self.bot.place;
        let module = format!("botmodule/{}", self.bot.module("alice"));
        wait(place, &format!("the outcome of {}", hit.object()), || {
            match condition(place, &module, "Ready").0.as_str() {
                "RestoreIncomplete" => Some(Outcome::Incomplete),
                "AvailableReplicas" if self.is_over(hit) => {
                    let generation = self.set.generations().whole();
                    let outcomes = [(old, Outcome::Old), (new, Outcome::New)];
                    let mut found = outcomes.into_iter().filter(|it| Some(it.0) == generation);
                    Some(found.next().expect("one generation").1)
                }
                _ => None,
            }
        })
    }

    /// Nobody waits for it any more.
    fn is_over(&self, hit: &Restore) -> bool {
        let module = self.bot.place.get(&format!("botmodule/{}", self.bot.module("alice")));
        let status = module.map(|module| module["status"].clone()).unwrap_or_default();
        let is_gone = self.bot.place.get(&hit.object()).is_none();
        status["restoredBy"].is_null() && (is_gone || hit.end().is_some())
    }

    /// The module stands still, and the next restore makes it whole.
    #[track_caller]
    fn repair(&self, name: &str, wanted: Value, new: u32) {
        assert!(self.bot.pods("alice").is_empty(), "it runs");
        if self.set.generations().whole().is_none() {
            self.assert_never_archived();
            let reason = condition(
                self.bot.place,
                &format!("botmodule/{}", self.bot.module("alice")),
                "Ready",
            )
            .0;
            assert_eq!(reason, "RestoreIncomplete");
        }
        restore(self.store, name, &self.bot.module("alice"), wanted);
        await_running(self.bot.place, &self.bot.module("alice"));
        assert_eq!(self.set.generations().whole(), Some(new));
    }

    /// A person who starts a backup in the middle of it gets none.
    #[track_caller]
    fn assert_never_archived(&self) {
        let alice = self.bot.module("alice");
        let before = self.store.backups(&alice);
        let why = begin_backup_anywhere(self.bot.place, NAME, &alice).await_failure();
        assert!(why.contains("restore"), "{why}");
        assert_eq!(self.store.backups(&alice), before);
    }

    #[track_caller]
    fn assert_sound(&self) {
        let told = wait(self.bot.place, "the diary", || {
            serde_json::from_str::<Value>(&self.bot.try_asking("alice", "diary").ok()?).ok()
        });
        assert_eq!(told["integrity"], "ok", "{told}");
    }
}
