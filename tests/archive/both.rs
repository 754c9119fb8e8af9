//! What this program packs, it restores.

use super::folder::{Folder, names};
use super::restored::restore;
use eevee_operator::archive::Progress;
use eevee_operator::archive::manifest::Manifest;
use eevee_operator::archive::pack::{PackRequest, pack};
use std::fs;

fn packed(claim: &Folder) -> Vec<u8> {
    let scratch = Folder::new();
    let order =
        PackRequest { claim: claim.path(), scratch: scratch.path(), manifest: Manifest::default() };
    pack(&order, Vec::new(), &Progress::default()).expect("an archive").to
}

#[test]
fn a_claim_comes_back_as_it_was() {
    let from = super::gnu::claim_of_a_module();
    let archive = packed(&from);
    let to = Folder::new();
    let restored = restore(&to, &archive).expect("a restore");
    super::gnu::compare(&from.walk(), &to.walk(), &["ours"]);
    assert_eq!(restored.warnings, Vec::<String>::new());
    assert_eq!(restored.files, from.walk().len() as u64);
}

#[test]
fn a_database_comes_back_without_its_log() {
    let (from, to) = (Folder::new(), Folder::new());
    let running = rusqlite::Connection::open(from.path().join("a.db")).expect("a database");
    let text = "PRAGMA journal_mode = wal; CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7)";
    running.execute_batch(text).expect("a row");
    to.write("a.db-wal", "stale");
    let restored = restore(&to, &packed(&from)).expect("a restore");
    assert_eq!((restored.databases, names(&to.walk())), (1, vec!["a.db".to_owned()]));
    let again = rusqlite::Connection::open(to.path().join("a.db")).expect("a database");
    let row: u32 = again.query_row("SELECT n FROM t", (), |row| row.get(0)).expect("its row");
    assert_eq!(row, 7);
}

/// A backup while a restore is not at its end would be a mixture.
#[test]
fn both_know_the_same_journal() {
    let claim = Folder::new();
    let text = r#"{"state":"moving","namespace":"bots","module":"echo","id":"a","clean":true}"#;
    claim.write(".eevee-restore/journal.json", text);
    let scratch = Folder::new();
    let order =
        PackRequest { claim: claim.path(), scratch: scratch.path(), manifest: Manifest::default() };
    assert!(pack(&order, Vec::new(), &Progress::default()).is_err());
    fs::write(
        claim.path().join(".eevee-restore/journal.json"),
        text.replace("moving", "unpacking"),
    )
    .expect("a journal");
    assert!(pack(&order, Vec::new(), &Progress::default()).is_ok());
}
