//! Backups while a module commits without a pause.

use super::gnu;
use super::packed_to;
use super::writer::{Writer, furnish};
use crate::folder::Folder;
use rusqlite::Connection;
use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

/// What is wrong with a restored database. None where it is sound and holds every row that was committed before.
fn wrong(restored: &Path, committed: i64) -> Option<String> {
    let judged = || -> rusqlite::Result<Option<String>> {
        let database = Connection::open(restored.join("a.db"))?;
        let check: String =
            database.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        let sql = "SELECT count(*) FROM log WHERE id <= ?";
        let rows: i64 = database.query_row(sql, [committed], |row| row.get(0))?;
        let lost = (rows != committed).then(|| format!("{rows} rows of {committed}"));
        Ok(if check == "ok" { lost } else { Some(check) })
    };
    judged().unwrap_or_else(|error| Some(error.to_string()))
}

/// One backup under fire, restored by GNU tar. Gives how long it took in milliseconds.
fn ours(claim: &Path, writer: &Writer) -> Result<u64, String> {
    let (folder, restored) = (Folder::new(), Folder::new());
    let path = folder.join("archive");
    let (committed, begun) = (writer.committed(), Instant::now());
    let packed = packed_to(claim, File::create(&path).expect("a file")).expect("an archive");
    let took = begun.elapsed().as_millis();
    if packed.report.databases.len() != 1 {
        return Err(packed.report.warnings.join("; "));
    }
    gnu::unpack_into(&fs::read(&path).expect("the archive"), &restored);
    wrong(&restored, committed).map_or(Ok(took.try_into().unwrap_or(0)), Err)
}

/// The same by what people have without us.
fn plain(claim: &Path, writer: &Writer) -> Result<u64, String> {
    let (folder, restored) = (Folder::new(), Folder::new());
    let path = folder.join("archive");
    let (committed, begun) = (writer.committed(), Instant::now());
    gnu::pack(claim, &path);
    let took = begun.elapsed().as_millis();
    gnu::unpack_into(&fs::read(&path).expect("the archive"), &restored);
    wrong(&restored, committed).map_or(Ok(took.try_into().unwrap_or(0)), Err)
}

#[test]
fn every_archive_holds_all_that_was_committed_before() {
    for mode in ["delete", "wal"] {
        let claim = Folder::new();
        furnish(&claim.join("a.db"), 1, mode);
        let writer = Writer::begin(&claim.join("a.db"), "");
        for round in 0..5 {
            let outcome = ours(&claim, &writer);
            assert!(outcome.is_ok(), "{mode}, {round}: {outcome:?}");
        }
        writer.kill();
    }
}

/// Prints a table. `cargo test --release --test archive -- --ignored --nocapture two_hundred`
#[test]
#[ignore = "takes many minutes"]
fn two_hundred_backups() {
    println!(
        "| mode | MB | backups | broken | median ms | longest ms | with tar: broken | median ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (megabytes, rounds) in [(1, 40), (10, 30), (50, 20), (200, 10)] {
        for mode in ["delete", "wal"] {
            let claim = Folder::new();
            furnish(&claim.join("a.db"), megabytes, mode);
            let writer = Writer::begin(&claim.join("a.db"), "PRAGMA synchronous=normal");
            let (mut ours_, mut plain_) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                ours_.push(ours(&claim, &writer));
                plain_.push(plain(&claim, &writer));
            }
            writer.kill();
            let (broken, median, longest) = judged(&ours_);
            let (others, others_median, _) = judged(&plain_);
            println!(
                "| {mode} | {megabytes} | {rounds} | {broken} | {median} | {longest} | {others} | {others_median} |"
            );
            fs::remove_dir_all(&*claim).expect("a folder");
            assert_eq!(broken, 0, "{ours_:?}");
        }
    }
}

fn judged(outcomes: &[Result<u64, String>]) -> (usize, u64, u64) {
    let mut times: Vec<u64> =
        outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).copied().collect();
    times.sort_unstable();
    let broken = outcomes.len() - times.len();
    (broken, times.get(times.len() / 2).copied().unwrap_or(0), times.last().copied().unwrap_or(0))
}
