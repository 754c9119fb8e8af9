//! `eevee-operator restore` and `drill` against a real store, with what `backup` has put there.

use crate::job::{Folder, run};
use eevee_operator::backup::Moves;
use std::fs;

#[test]
fn what_was_backed_up_comes_back() {
    let claim = Folder::with("back", &[("one", "old"), ("two", "old")]);
    let (_, backup) = run("backup", &claim.0, "restore-back", &[]);
    fs::write(claim.0.join("one"), "new").expect("a file");
    fs::write(claim.0.join("three"), "new").expect("a file");
    let (code, said) = run("restore", &claim.0, "restore-back", &[]);
    assert_eq!((code, said.moves, &said.id), (0, Some(Moves::Finished), &backup.id), "{said:?}");
    assert_eq!((said.files, said.bytes), (backup.files, backup.bytes));
    assert_eq!(claim.names(), ["one", "three", "two"]);
    assert_eq!(fs::read_to_string(claim.0.join("one")).expect("a file"), "old");

    let id = backup.id.expect("an id");
    let clean = [("RESTORE_CLEAN", "true"), ("RESTORE_BACKUP_ID", id.as_str())];
    assert_eq!(run("restore", &claim.0, "restore-back", &clean).0, 0);
    assert_eq!(claim.names(), ["one", "two"]);

    let (code, said) = run("restore", &claim.0, "restore-back", &[("RESTORE_BOOTSTRAP", "true")]);
    assert_eq!((code, said.skipped, said.moves), (0, true, Some(Moves::NotBegun)), "{said:?}");
    let other = Folder::new("bootstrap");
    let (code, said) = run("restore", &other.0, "restore-back", &[("RESTORE_BOOTSTRAP", "true")]);
    assert_eq!((code, said.skipped, said.moves), (0, false, Some(Moves::Finished)), "{said:?}");
    assert_eq!(other.names(), ["one", "two"]);
}

#[test]
fn a_drill_says_what_it_has_seen() {
    let claim = Folder::new("drill");
    let open = rusqlite::Connection::open(claim.0.join("a.db")).expect("a database");
    open.execute_batch("CREATE TABLE t (n INTEGER)").expect("a table");
    drop(open);
    let (_, backup) = run("backup", &claim.0, "restore-drill", &[]);
    let empty = Folder::new("drill-empty");
    let (code, said) = run("drill", &empty.0, "restore-drill", &[]);
    assert_eq!((code, said.databases, &said.id), (0, 1, &backup.id), "{said:?}");
    assert_eq!((said.files, said.moves), (backup.files, None));
    assert_eq!(empty.names(), Vec::<String>::new());
}

#[test]
fn a_backup_that_is_not_there_is_missing_for_good() {
    let claim = Folder::with("missing", &[("mine", "mine")]);
    for (verb, moves) in [("restore", Some(Moves::NotBegun)), ("drill", None)] {
        let (code, said) = run(verb, &claim.0, "restore-missing", &[]);
        assert_eq!((code, said.moves), (3, moves), "{said:?}");
        let error = said.error.expect("an error");
        assert!(error.contains("no backup of bots/restore-missing in the store"), "{error}");
    }
    let (code, said) = run("restore", &claim.0, "restore-missing", &[("RESTORE_BACKUP_ID", "a")]);
    assert_eq!(code, 3);
    assert!(said.error.is_some_and(|error| error.contains("no backup a of bots/restore-missing")));
    assert_eq!(claim.names(), ["mine"]);
}

#[test]
fn whoever_did_not_look_at_the_claim_says_nothing_of_it() {
    let claim = Folder::new("unseen");
    let (code, said) = run("restore", &claim.0, "restore-unseen", &[("S3_SECRET_KEY", "")]);
    assert_eq!((code, said.moves), (2, None), "{said:?}");
}
