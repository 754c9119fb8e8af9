//! A process that writes to a database without a pause. Locks of SQLite tell processes apart, not threads.

use rusqlite::Connection;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

const DATABASE: &str = "EEVEE_TEST_DATABASE";
const SETUP: &str = "EEVEE_TEST_SETUP";
const ROW: i64 = 1000;

pub struct Writer {
    child: Child,
    committed: Arc<AtomicI64>,
}

impl Writer {
    /// Begins to write to a database, and returns once a row is committed.
    ///
    /// The setup is SQL that is executed first, such as the mode of the journal.
    pub fn begin(database: &Path, setup: &str) -> Self {
        let own = env::current_exe().expect("the test");
        let mut child = Command::new(own)
            .args([
                "--exact",
                "pack::writer::writes_until_it_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(DATABASE, database)
            .env(SETUP, setup)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let committed = Arc::new(AtomicI64::new(0));
        let (first, begun) = mpsc::channel();
        let theirs = Arc::clone(&committed);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(number) = line.strip_prefix("committed ").and_then(|n| n.parse().ok()) {
                    theirs.store(number, Ordering::SeqCst);
                    let _ = first.send(());
                }
            }
        });
        begun.recv().expect("a first commit");
        Self { child, committed }
    }

    /// The number of the last row of which is known that it is committed.
    pub fn committed(&self) -> i64 {
        self.committed.load(Ordering::SeqCst)
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Makes a database of this size, whose rows the writer changes.
pub fn furnish(database: &Path, megabytes: i64, journal_mode: &str) {
    let database = Connection::open(database).expect("a database");
    database
        .execute_batch(&format!(
            "PRAGMA journal_mode={journal_mode};
            PRAGMA synchronous=off;
            CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT);
            CREATE TABLE rows (id INTEGER PRIMARY KEY, filler BLOB, size INTEGER);
            CREATE INDEX sizes ON rows (size, id);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {})
            INSERT INTO rows SELECT i, randomblob({ROW}), {ROW} FROM n;",
            megabytes * 1_000_000 / ROW
        ))
        .expect("rows");
}

#[test]
#[ignore = "a process of other tests"]
fn writes_until_it_is_killed() {
    let Some(database) = env::var_os(DATABASE) else { return };
    let database = Connection::open(database).expect("a database");
    database.busy_timeout(std::time::Duration::from_mins(2)).expect("a timeout");
    database.execute_batch(&env::var(SETUP).unwrap_or_default()).expect("its setup");
    let rows: i64 =
        database.query_row("SELECT max(id) FROM rows", [], |row| row.get(0)).expect("rows");
    let (begun, mut longest) = (Instant::now(), 0);
    loop {
        let before = Instant::now();
        database.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        database
            .execute("INSERT INTO log (at) VALUES (?)", [begun.elapsed().as_secs_f64()])
            .expect("a row");
        let id = database.last_insert_rowid();
        let sql = "UPDATE rows SET size = 800 + abs(random() % 400), filler = randomblob(800 + abs(random() % 400))
                   WHERE id = 1 + abs(random() % ?)";
        for _ in 0..20 {
            database.execute(sql, [rows]).expect("a change");
        }
        database.execute_batch("COMMIT").expect("a commit");
        longest = longest.max(before.elapsed().as_millis());
        println!("\ncommitted {id}\nlongest {longest}");
        std::io::stdout().flush().expect("the test listens");
    }
}
