use super::{Diary, Told};
use crate::settings::{Config, Journal};
use std::path::{Path, PathBuf};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("example-module-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.0).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn quick(journal: Journal) -> Config {
    Config { journal, pause_milliseconds: 0, ..Config::default() }
}

/// Opens it, waits until there are so many rows, and closes it.
fn written_to(folder: &Path, journal: Journal, rows: i64) -> Told {
    let (diary, writer) = Diary::open(folder, &quick(journal)).unwrap();
    while diary.tell().unwrap().rows < rows {}
    drop(writer);
    diary.tell().unwrap()
}

#[test]
fn rows_are_written_and_none_is_missing() {
    for (journal, word) in [(Journal::Wal, "wal"), (Journal::Rollback, "delete")] {
        let folder = Folder::new(word);
        let told = written_to(&folder.0, journal, 5);
        assert_eq!((told.first, told.last), (1, told.rows));
        assert_eq!((told.journal.as_str(), told.integrity.as_str()), (word, "ok"));
        assert!(told.last_time.is_some_and(|time| time.ends_with('Z')));
    }
}

#[test]
fn a_file_that_is_there_is_gone_on_with_under_either_journal() {
    let folder = Folder::new("again");
    let before = written_to(&folder.0, Journal::Wal, 3);
    let after = written_to(&folder.0, Journal::Rollback, before.rows + 3);
    assert_eq!((after.first, after.last), (1, after.rows));
    assert_eq!(after.journal, "delete");
}

#[test]
fn it_is_closed_at_the_end() {
    let folder = Folder::new("closed");
    let (_, writer) = Diary::open(&folder.0, &quick(Journal::Wal)).unwrap();
    drop(writer);
    assert_eq!(folder.files(), ["diary.sqlite"]);
}

#[test]
fn what_is_forgotten_begins_anew() {
    let folder = Folder::new("forgotten");
    written_to(&folder.0, Journal::Wal, 3);
    let diary = Diary { file: folder.0.join("diary.sqlite") };
    diary.forget().unwrap();
    assert_eq!(diary.tell().unwrap().rows, 0);
    assert_eq!(written_to(&folder.0, Journal::Wal, 1).first, 1);
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let folder = Folder::new("damaged");
    std::fs::write(folder.0.join("diary.sqlite"), "this is no database at all".repeat(100))
        .unwrap();
    let why = Diary::open(&folder.0, &quick(Journal::Wal)).err().unwrap();
    assert!(why.contains("diary.sqlite") && why.contains("not a database"), "{why}");
}
