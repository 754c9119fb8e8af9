//! Drills: whether a restore would work, and what it would give.

use super::folder::{Folder, names};
use super::made::{Made, file, folder};
use super::restored::wanted;
use eevee_operator::archive::Progress;
use eevee_operator::archive::unpack::{Drilled, UnpackFailure, drill};
use rusqlite::Connection;
use std::fs;
use std::io::Cursor;
use std::sync::Arc;

fn drilled(at: &Folder, archive: Vec<u8>) -> Result<Drilled, UnpackFailure> {
    drill(at.path(), &wanted("a", false), Cursor::new(archive), &Arc::new(Progress::default()))
}

fn database() -> Vec<u8> {
    let folder = Folder::new();
    let path = folder.path().join("a");
    let open = Connection::open(&path).expect("a database");
    let text = "CREATE TABLE t (n INTEGER, x TEXT); CREATE INDEX i ON t (x);
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)
        INSERT INTO t SELECT n, hex(n * 7919) FROM c";
    open.execute_batch(text).expect("rows");
    drop(open);
    fs::read(path).expect("it")
}

fn archive(database: &[u8]) -> Vec<u8> {
    let long = "d".repeat(90);
    let mut made = Made::default().entry(&folder("./"), b"").entry(&file("text"), b"x");
    let record = |path: &str| {
        let rest = format!(" path={path}\n");
        let length = rest.len() + 4;
        format!("{length}{rest}").into_bytes()
    };
    let deep = vec![long; 12].join("/") + "/a.db";
    made = made.entry(&super::made::Entry { kind: b'x', ..file("x") }, &record(&deep));
    made.entry(&file("short"), database).entry(&file("b.db"), database).zipped()
}

#[test]
fn a_good_backup_is_believed() {
    let at = Folder::new();
    let drilled = drilled(&at, archive(&database())).expect("a good one");
    assert_eq!(drilled, Drilled { files: 4, databases: 2, warnings: Vec::new() });
    assert_eq!(names(&at.walk()), Vec::<String>::new(), "nothing is left");
}

#[test]
fn a_damaged_database_is_not() {
    let at = Folder::new();
    let mut database = database();
    let middle = database.len() / 2;
    database[middle..middle + 3000].fill(0xff);
    let failure = drilled(&at, archive(&database)).expect_err("a damaged database").to_string();
    assert!(failure.contains("a.db") || failure.contains("b.db"), "{failure}");
    assert!(failure.contains("is damaged"), "{failure}");
    assert_eq!(names(&at.walk()), Vec::<String>::new(), "nothing is left");
}

#[test]
fn a_drill_is_held_in_an_empty_folder_alone() {
    let at = Folder::new();
    at.write("data", "mine");
    let failure = drilled(&at, archive(&database())).expect_err("not empty").to_string();
    assert!(failure.contains("needs an empty folder"), "{failure}");
    assert_eq!(names(&at.walk()), ["data"]);
}
