//! Databases in every state in which a module may leave them.

use super::gnu;
use super::writer::{Writer, furnish};
use super::{is_root, listed, packed, packed_by_way_of};
use crate::folder::Folder;
use crate::room::small;
use rusqlite::Connection;
use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Restores an archive and gives the only column of a query, where the database is sound.
fn asked(archive: &[u8], query: &str) -> i64 {
    let restored = gnu::unpack(archive);
    let database = Connection::open(restored.join("a.db")).expect("a database");
    let ok: String =
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(ok, "ok");
    database.query_row(query, [], |row| row.get(0)).expect("an answer")
}

fn made(claim: &Path, sql: &str) -> Connection {
    let database = Connection::open(claim.join("a.db")).expect("a database");
    database.execute_batch(sql).expect("SQL");
    database
}

const TABLE: &str = "CREATE TABLE t (x, y UNIQUE); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3);";

#[test]
fn one_that_a_module_has_left_is_stored_under_its_name_alone() {
    for mode in ["delete", "persist", "truncate", "wal"] {
        let claim = Folder::new();
        made(&claim, &format!("PRAGMA journal_mode={mode}; {TABLE}")).close().expect("closed");
        fs::write(claim.join("a.db-shm"), "stale").expect("a file");
        fs::remove_file(claim.join("a.db-shm")).expect("a file");
        let packed = packed(&claim);
        let (names, manifest) = listed(&packed.to);
        assert_eq!(names, ["./", "a.db"], "{mode}");
        assert_eq!(manifest.databases.len(), 1);
        assert_eq!(packed.report.warnings, [""; 0], "{mode}");
        assert_eq!(asked(&packed.to, "SELECT sum(x) FROM t"), 6);
        let beside = fs::read_dir(&*claim).expect("a folder").count();
        assert_eq!(beside, if mode == "persist" || mode == "truncate" { 2 } else { 1 }, "{mode}");
    }
}

/// The module was killed: what it had committed stands in the WAL alone.
#[test]
fn a_wal_that_was_left_is_brought_in() {
    for with_shared_memory in [true, false] {
        let (claim, killed) = (Folder::new(), Folder::new());
        let open =
            made(&claim, &format!("PRAGMA journal_mode=wal; PRAGMA wal_autocheckpoint=0; {TABLE}"));
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            fs::copy(claim.join(name), killed.join(name)).expect("a file");
        }
        drop(open);
        if !with_shared_memory {
            fs::remove_file(killed.join("a.db-shm")).expect("a file");
        }
        let packed = packed(&killed);
        assert_eq!(listed(&packed.to).0, ["./", "a.db"]);
        assert_eq!(packed.report.warnings, [""; 0]);
        assert_eq!(asked(&packed.to, "SELECT sum(x) FROM t"), 6);
    }
}

/// SQLite closes a database without a word whose WAL it could not bring in.
#[test]
fn a_wal_that_there_is_no_room_to_bring_in_is_no_consistent_copy() {
    let Some(scratch) = small() else { return };
    let (claim, killed) = (Folder::new(), Folder::new());
    // In the WAL alone are 2.3 MB, which the database has to grow by.
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 600)
                INSERT INTO t SELECT i, zeroblob(3500) FROM n;";
    let open = made(
        &claim,
        &format!(
            "PRAGMA journal_mode=wal; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (x, y); {rows}"
        ),
    );
    for name in ["a.db", "a.db-wal"] {
        fs::copy(claim.join(name), killed.join(name)).expect("a file");
    }
    drop(open);
    let packed = packed_by_way_of(scratch.0.path(), &killed, Vec::new()).expect("an archive");
    let (names, manifest) = listed(&packed.to);
    assert_eq!(names, ["./", "a.db", "a.db-wal"], "as it lies there");
    assert_eq!(manifest.databases.len(), 0);
    assert!(packed.report.failure().expect("a failure").contains("too little room"));
}

/// The module was killed in the middle of a commit.
#[test]
fn a_hot_journal_is_rolled_back() {
    let (claim, killed) = (Folder::new(), Folder::new());
    let open = made(&claim, &format!("PRAGMA cache_size=1; PRAGMA cache_spill=1; {TABLE}"));
    let half = "BEGIN; UPDATE t SET x = 100; WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n LIMIT 9000)
                INSERT INTO t SELECT i, i FROM n;";
    open.execute_batch(half).expect("half of a transaction");
    for name in ["a.db", "a.db-journal"] {
        fs::copy(claim.join(name), killed.join(name)).expect("a file");
    }
    drop(open);
    let before = fs::read(killed.join("a.db-journal")).expect("a journal");
    assert!(before.len() > 512, "it is hot");
    let packed = packed(&killed);
    assert_eq!(listed(&packed.to).0, ["./", "a.db"]);
    assert_eq!(packed.report.warnings, [""; 0]);
    assert_eq!(asked(&packed.to, "SELECT sum(x) FROM t"), 6);
    assert!(fs::read(killed.join("a.db-journal")).ok() == Some(before), "the claim is only read");
}

#[test]
fn what_cannot_be_copied_is_stored_with_its_companions_and_a_warning() {
    let claim = Folder::new();
    fs::write(claim.join("encrypted.db"), [0xa7; 4096]).expect("a file");
    fs::write(claim.join("encrypted.db-wal"), "frames").expect("a file");
    made(&claim, TABLE).close().expect("closed");
    let mut damaged = fs::read(claim.join("a.db")).expect("a file");
    damaged[4096..].fill(0x55);
    fs::write(claim.join("a.db"), damaged).expect("a file");
    fs::write(claim.join("short.db"), b"SQLite format 3\0").expect("a file");
    let packed = packed(&claim);
    let (names, manifest) = listed(&packed.to);
    assert_eq!(names, ["./", "a.db", "encrypted.db", "encrypted.db-wal", "short.db"]);
    assert_eq!((manifest.databases.len(), manifest.doubtful.len()), (0, 3));
    assert_eq!(packed.report.failure(), None);
    let reasons = [
        "a.db: stored as it lay there, it may not open: damaged",
        "lies beside it",
        "short.db: stored",
    ];
    for (warning, reason) in packed.report.warnings.iter().zip(reasons) {
        assert!(warning.contains(reason), "{warning}");
    }
    assert_eq!(packed.report.warnings.len(), 3);
}

#[test]
fn two_names_of_a_database_are_one_file_afterwards() {
    let claim = Folder::new();
    made(&claim, TABLE).close().expect("closed");
    fs::hard_link(claim.join("a.db"), claim.join("b.db")).expect("a link");
    let restored = gnu::unpack(&packed(&claim).to);
    assert_eq!(super::tree::stat(&restored.join("b.db")).st_nlink, 2);
}

/// Names that would mean something in a URI.
#[test]
fn a_database_has_any_name() {
    use std::os::unix::ffi::OsStrExt;
    let claim = Folder::new();
    made(&claim, TABLE).close().expect("closed");
    let deep = claim.join("f".repeat(255)).join("g".repeat(255));
    fs::create_dir_all(&deep).expect("folders");
    for name in [b"a?mode=rw&x.db".as_slice(), b"50%25.db", b"\xff#.db"] {
        fs::copy(claim.join("a.db"), claim.join(std::ffi::OsStr::from_bytes(name)))
            .expect("a file");
    }
    // Longer than SQLite's own paths may be.
    fs::copy(claim.join("a.db"), deep.join("deep.db")).expect("a file");
    let packed = packed(&claim);
    assert_eq!(packed.report.warnings, [""; 0]);
    assert_eq!(packed.report.databases.len(), 5);
}

/// Checks of a table may call functions that only the module has.
#[test]
fn one_that_cannot_be_checked_is_copied_all_the_same() {
    let claim = Folder::new();
    let sql =
        "CREATE TABLE t (x CHECK (abs(x))); INSERT INTO t VALUES (6); PRAGMA writable_schema=on;
               UPDATE sqlite_schema SET sql = replace(sql, 'abs', 'fits')";
    let database = made(&claim, sql);
    database.close().expect("closed");
    let packed = packed(&claim);
    let warning = &packed.report.warnings[0];
    assert!(
        warning.starts_with("a.db: its copy could not be checked: unknown function"),
        "{warning}"
    );
    assert_eq!(packed.report.databases.len(), 1);
}

const CLAIM: &str = "EEVEE_TEST_CLAIM";
const ARCHIVE: &str = "EEVEE_TEST_ARCHIVE";

/// As the pod of a backup sees it: the claim is mounted read-only there, and the module writes meanwhile.
#[test]
fn a_claim_that_is_mounted_read_only_is_read_under_its_writer() {
    if !is_root() || Command::new("unshare").arg("--version").output().is_err() {
        eprintln!("not tried: only root may mount a folder, and needs the program unshare");
        return;
    }
    for mode in ["delete", "wal"] {
        let (claim, archive) = (Folder::new(), Folder::new());
        furnish(&claim.join("a.db"), 2, mode);
        let writer = Writer::begin(&claim.join("a.db"), "");
        let before = writer.committed();
        let archive = archive.join("archive");
        let mounts =
            "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && shift && exec \"$@\"";
        let done = Command::new("unshare")
            .args(["--mount", "sh", "-c", mounts, "sh"])
            .arg(&*claim)
            .arg(env::current_exe().expect("the test"))
            .args(["--exact", "pack::databases::packs_for_another_test", "--ignored"])
            .env(CLAIM, &*claim)
            .env(ARCHIVE, &archive)
            .output()
            .expect("unshare");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
        let archive = fs::read(&archive).expect("an archive");
        let (names, manifest) = listed(&archive);
        assert_eq!(names, ["./", "a.db"], "{mode}");
        assert_eq!(manifest.databases.len(), 1, "{mode}");
        let query = format!("SELECT count(*) FROM log WHERE id <= {before}");
        assert_eq!(asked(&archive, &query), before, "{mode}");
    }
}

#[test]
#[ignore = "a process of another test"]
fn packs_for_another_test() {
    let (Some(claim), Some(to)) = (env::var_os(CLAIM), env::var_os(ARCHIVE)) else { return };
    let claim = Path::new(&claim);
    let written = fs::write(claim.join("not to be written"), "");
    assert!(written.is_err(), "the claim is mounted read-only");
    let packed = packed(claim);
    assert_eq!(packed.report.warnings, [""; 0]);
    fs::File::create(to).and_then(|mut to| to.write_all(&packed.to)).expect("written");
}

/// It waits for a minute.
#[test]
#[ignore = "slow"]
fn one_that_stays_locked_is_stored_as_it_lies_there() {
    let claim = Folder::new();
    furnish(&claim.join("a.db"), 1, "delete");
    // A second process: our own locks are ours.
    let writer = Writer::begin(&claim.join("a.db"), "PRAGMA locking_mode=exclusive");
    let packed = packed(&claim);
    drop(writer);
    let warning = &packed.report.warnings[0];
    assert!(warning.contains("it was locked for over a minute"), "{warning}");
}
