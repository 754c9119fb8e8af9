//! A restore that is killed after any of its calls: the next try arrives where an undisturbed one does.

use super::folder::{Folder, Walk, walk};
use super::made::{Made, file, folder, link};
use super::restored::{Store, run};
use eevee_operator::archive::unpack::{Disk, Ended, JournalState};
use eevee_operator::backup::Moves;
use std::os::unix::fs::symlink;

const SQLITE: &[u8] = b"SQLite format 3\0 and more";

/// A claim in use, in which whatever can be in the way of the archive is in the way of it.
fn claim() -> Folder {
    let claim = Folder::in_memory();
    claim.write("both/kept", "mine");
    claim.write("both/replaced", "mine");
    claim.write("both/deeper/replaced", "mine");
    claim.write("was a folder/with/files", "mine");
    claim.write("was a file", "mine");
    claim.write("lost+found/found", "mine");
    claim.write("db/a.db", [SQLITE, b"old"].concat());
    claim.write("db/a.db-wal", "of the old one");
    claim.write("db/a.db-shm", "of the old one");
    claim.write("db/b.db", [SQLITE, b"old"].concat());
    claim.write("db/b.db-journal", "of the old one");
    claim.write("db/b.db-wal", "of the old one");
    claim.write("fresh/kept", "mine");
    claim.write("db/c.db-wal", "of the old one");
    symlink("both", claim.path().join("was a link")).expect("a link");
    claim
}

fn archive(what: &str) -> Vec<u8> {
    Made::default()
        .entry(&folder("./"), b"")
        .entry(&folder("both"), b"")
        .entry(&file("both/replaced"), what.as_bytes())
        .entry(&folder("both/deeper"), b"")
        .entry(&file("both/deeper/replaced"), what.as_bytes())
        .entry(&file("was a folder"), what.as_bytes())
        .entry(&folder("was a file"), b"")
        .entry(&file("was a file/inner"), what.as_bytes())
        .entry(&folder("was a link"), b"")
        .entry(&file("was a link/inner"), what.as_bytes())
        .entry(&folder("lost+found"), b"")
        .entry(&folder("db"), b"")
        .entry(&file("db/a.db"), &[SQLITE, what.as_bytes()].concat())
        .entry(&file("db/b.db-wal"), what.as_bytes())
        .entry(&file("db/b.db"), &[SQLITE, what.as_bytes()].concat())
        // Folders are read in an order of their own: here it is the other way round.
        .entry(&file("db/c.db"), &[SQLITE, what.as_bytes()].concat())
        .entry(&file("db/c.db-wal"), what.as_bytes())
        .entry(&folder("fresh"), b"")
        .entry(&file("fresh/b.db-wal"), what.as_bytes())
        .entry(&file("fresh/b.db"), &[SQLITE, what.as_bytes()].concat())
        .entry(&file("fresh/c.db"), &[SQLITE, what.as_bytes()].concat())
        .entry(&file("fresh/c.db-wal"), what.as_bytes())
        .entry(&file(&format!("only of {what}")), what.as_bytes())
        .entry(&link(b'1', "same", &format!("only of {what}")), b"")
        .zipped()
}

fn store(id: &str, clean: bool) -> Store {
    let archives = ["one", "two"].map(|id| (id.to_owned(), archive(id))).into_iter().collect();
    Store { archives, id: id.to_owned(), clean, ..Store::default() }
}

fn good(claim: &Folder, store: &mut Store) -> u64 {
    let outcome = run(claim.path(), Disk::default(), store, false);
    assert_eq!(outcome.moves, Some(Moves::Finished));
    let ended = outcome.ended.expect("a restore");
    assert!(matches!(ended, Ended::Restored(restored) if restored.id == store.id));
    outcome.calls
}

/// Without times of folders that no entry names: they are of the moment.
fn seen(claim: &Folder) -> Walk {
    let mut walk = claim.walk();
    for name in [&b"lost+found"[..], b"lost+found/found", b"both/kept", b"fresh/kept"] {
        if let Some(seen) = walk.get_mut(name) {
            seen.seconds = 0;
        }
    }
    walk
}

/// Without the hidden folder, whose coming and going is the root's time, too.
fn seen_of_the_module(claim: &Folder) -> Walk {
    let mut walk = walk(claim.path());
    walk.retain(|name, _| !name.starts_with(b".eevee-restore") && !name.is_empty());
    walk
}

fn undisturbed(restores: &[(&str, bool)]) -> Walk {
    let claim = claim();
    for (id, clean) in restores {
        good(&claim, &mut store(id, *clean));
    }
    seen(&claim)
}

/// Kills a restore after each of its calls in turn, and looks at what the next one makes of it.
fn killed(clean: bool, next: (&str, bool)) {
    let calls = good(&claim(), &mut store("one", clean));
    let same = next == ("one", clean);
    let alone = undisturbed(&[next]);
    let both = if same { alone.clone() } else { undisturbed(&[("one", clean), next]) };
    let mut killed_in_moves = 0;
    for after in 0..calls {
        let claim = claim();
        let before = seen_of_the_module(&claim);
        let outcome =
            run(claim.path(), Disk::failing_after(after), &mut store("one", clean), false);
        let journal = std::fs::read_to_string(claim.path().join(".eevee-restore/journal.json"));
        let is_moving = journal.as_ref().is_ok_and(|text| text.contains("moving"));
        if outcome.moves != Some(Moves::Begun) && outcome.moves != Some(Moves::Finished) {
            assert!(
                seen_of_the_module(&claim) == before,
                "killed after {after}: touched too early"
            );
            assert!(!is_moving);
        }
        assert!(
            outcome.ended.is_err() || outcome.moves == Some(Moves::Finished),
            "killed after {after}"
        );
        let (mut store, finished) = (store(next.0, next.1), outcome.moves == Some(Moves::Finished));
        if is_moving {
            // Whoever cannot go on knows all the same that somebody was killed in the moves.
            let mut held = Store { is_held: true, ..store.clone() };
            let outcome = run(claim.path(), Disk::default(), &mut held, false);
            assert_eq!(outcome.moves, Some(Moves::Begun), "killed after {after}");
        }
        good(&claim, &mut store);
        killed_in_moves += usize::from(is_moving);
        if is_moving && same {
            assert_eq!(store.opened, 0, "killed after {after}: downloaded again");
        }
        let first_counts = is_moving || finished || journal.is_ok_and(|text| text.contains("done"));
        let expected = if first_counts { &both } else { &alone };
        let end = seen(&claim);
        assert_eq!(
            super::folder::names(&end),
            super::folder::names(expected),
            "killed after {after}"
        );
        assert!(&end == expected, "killed after {after} of {calls}: {end:#?} is not {expected:#?}");
    }
    for name in ["db/b.db-wal", "db/c.db-wal", "fresh/b.db-wal", "fresh/c.db-wal"] {
        assert!(both.contains_key(name.as_bytes()), "{name} is lost even undisturbed");
    }
    assert!(killed_in_moves > 20, "{killed_in_moves} of {calls}");
}

#[test]
fn the_same_restore_goes_on() {
    killed(false, ("one", false));
}

#[test]
fn the_same_clean_restore_goes_on() {
    killed(true, ("one", true));
}

#[test]
fn another_restore_comes_after_the_unfinished_one() {
    killed(false, ("two", false));
}

#[test]
fn another_restore_comes_after_the_unfinished_clean_one() {
    killed(true, ("two", false));
}

#[test]
fn a_clean_restore_leaves_nothing_of_the_unfinished_one() {
    killed(false, ("two", true));
    assert_eq!(undisturbed(&[("one", false), ("two", true)]), undisturbed(&[("two", true)]));
}

/// Twice is killed more than once: at any pair of moments, thinned out.
#[test]
fn a_restore_may_be_killed_again_and_again() {
    let calls = good(&claim(), &mut store("one", false));
    let expected = undisturbed(&[("one", false)]);
    for first in (0..calls).step_by(7) {
        for second in (0..calls).step_by(11) {
            let claim = claim();
            for after in [first, second, 5, 1] {
                let _ =
                    run(claim.path(), Disk::failing_after(after), &mut store("one", false), false);
            }
            good(&claim, &mut store("one", false));
            assert!(seen(&claim) == expected, "killed after {first}, then after {second}");
        }
    }
}

/// A bootstrap goes on, too, and takes its own files for no one else's.
#[test]
fn a_bootstrap_goes_on_after_it_was_killed() {
    let mut store = store("one", false);
    let whole = Folder::in_memory();
    let outcome = run(whole.path(), Disk::default(), &mut store, true);
    outcome.ended.expect("a restore");
    let expected = seen(&whole);
    for after in 0..outcome.calls {
        let claim = Folder::in_memory();
        let outcome = run(claim.path(), Disk::failing_after(after), &mut store, true);
        let is_done = outcome.moves == Some(Moves::Finished);
        let outcome = run(claim.path(), Disk::default(), &mut store, true);
        let mut expected = expected.clone();
        match outcome.ended.expect("an end") {
            Ended::Restored(restored) => assert_eq!(restored.id, "one"),
            Ended::Skipped(_) => {
                assert!(is_done);
                // The time of the claim itself was the very last thing to do.
                expected.insert(Vec::new(), seen(&claim)[&b""[..]].clone());
            }
        }
        assert!(seen(&claim) == expected, "killed after {after}");
    }
}

#[test]
fn a_journal_that_nobody_can_read_is_no_reason_to_guess() {
    let claim = claim();
    claim.write(".eevee-restore/journal.json", "{");
    let before = claim.walk();
    let failure = run(claim.path(), Disk::default(), &mut store("one", false), false).ended;
    let failure = failure.expect_err("nobody knows");
    assert!(failure.is_permanent() && failure.to_string().contains("remove folder"), "{failure}");
    assert!(claim.walk() == before);
}

#[test]
fn a_journal_says_what_others_read() {
    let text = r#"{"state":"moving","namespace":"bots","module":"echo","id":"a","clean":true}"#;
    let journal: eevee_operator::archive::unpack::Journal =
        serde_json::from_str(text).expect("a journal");
    assert_eq!(journal.state, JournalState::Moving);
    assert!(journal.wanted.clean && !journal.emptied);
}
