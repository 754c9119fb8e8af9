//! A restored database must not meet the log of the one that was there.

use super::folder::{Folder, names};
use super::made::{Made, file};
use super::restored::restore;
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn database(path: &Path, rows: u32) -> Connection {
    let database = Connection::open(path).expect("a database");
    let text =
        "PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n INTEGER)";
    database.execute_batch(text).expect("a table");
    for row in 0..rows {
        database.execute("INSERT INTO t VALUES (?1)", [row]).expect("a row");
    }
    database
}

fn count(path: &Path) -> u32 {
    let database = Connection::open(path).expect("a database");
    let whole: String =
        database.query_row("PRAGMA integrity_check", (), |row| row.get(0)).expect("an answer");
    assert_eq!(whole, "ok");
    database.query_row("SELECT count(*) FROM t", (), |row| row.get(0)).expect("a number")
}

#[test]
fn a_database_is_what_it_was_in_the_backup() {
    let (from, claim) = (Folder::new(), Folder::new());
    drop(database(&from.path().join("a.db"), 3));
    let content = fs::read(from.path().join("a.db")).expect("a database");
    // The module was killed: log and index of its database lie there.
    let running = database(&claim.path().join("a.db"), 9);
    for name in ["a.db-wal", "a.db-shm"] {
        fs::copy(claim.path().join(name), claim.path().join(format!("{name}.kept")))
            .expect("a copy");
    }
    drop(running);
    for name in ["a.db-wal", "a.db-shm"] {
        fs::rename(claim.path().join(format!("{name}.kept")), claim.path().join(name)).expect("it");
    }
    restore(&claim, &Made::default().entry(&file("a.db"), &content).zipped()).expect("a restore");
    assert_eq!(count(&claim.path().join("a.db")), 3);
}

#[test]
fn a_log_in_the_backup_comes_with_its_database() {
    let (from, claim) = (Folder::new(), Folder::new());
    let _running = database(&from.path().join("a.db"), 5);
    let read = |name: &str| fs::read(from.path().join(name)).expect("a file");
    let archive = Made::default()
        .entry(&file("a.db-wal"), &read("a.db-wal"))
        .entry(&file("a.db"), &read("a.db"))
        .zipped();
    claim.write("a.db-wal", "stale");
    claim.write("a.db-shm", "stale");
    restore(&claim, &archive).expect("a restore");
    assert_eq!(names(&claim.walk()), ["a.db", "a.db-wal"]);
    assert_eq!(count(&claim.path().join("a.db")), 5);
}

/// A folder gives its names in an order of its own.
#[test]
fn of_many_databases_none_loses_its_log() {
    for claim in [Folder::new(), Folder::in_memory()] {
        let (mut archive, mut expected) = (Made::default(), Vec::new());
        for number in 0..20 {
            let names = [format!("{number}.db"), format!("{number}.db-wal")];
            let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
            for part in order {
                archive = archive.entry(&file(&names[part]), b"SQLite format 3\0");
            }
            claim.write(&names[1], "stale");
            claim.write(&format!("{number}.db-shm"), "stale");
            expected.extend(names);
        }
        expected.sort();
        restore(&claim, &archive.zipped()).expect("a restore");
        assert_eq!(names(&claim.walk()), expected);
    }
}

#[test]
fn only_what_belongs_to_a_database_goes() {
    let claim = Folder::new();
    claim.write("notes-journal", "of a traveller");
    claim.write("empty-wal", b"\x37\x7f\x06\x82 a log");
    claim.write("other.db-wal", "of a database that is not in the backup");
    claim.write("c.db-wal/folder", "which is no log");
    let archive = Made::default()
        .entry(&file("notes"), b"text")
        .entry(&file("empty"), b"")
        .entry(&file("c.db"), b"SQLite format 3\0")
        .entry(&file("-wal"), b"no name of a database");
    restore(&claim, &archive.zipped()).expect("a restore");
    let expected = [
        "-wal",
        "c.db",
        "c.db-wal",
        "c.db-wal/folder",
        "empty",
        "notes",
        "notes-journal",
        "other.db-wal",
    ];
    assert_eq!(names(&claim.walk()), expected);
}
