//! A database in which a row is written all the time, so that a backup has something to get wrong.

mod writer;

use crate::settings::{Config, Journal};
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;
pub use writer::Writer;

/// How long a connection waits for the lock of another, or of a backup.
const PATIENCE: Duration = Duration::from_mins(1);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY,
    time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)";

/// Where the rows are read. A [`Writer`] writes them.
#[derive(Clone)]
pub struct Diary {
    file: PathBuf,
}

/// What is in it, all of it at one moment.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    pub rows: i64,
    /// Numbers of the first and the last row. Between them none is missing.
    pub first: i64,
    pub last: i64,
    pub last_time: Option<String>,
    /// `wal`, or `delete` for the rollback journal.
    pub journal: String,
    /// `ok`, or what `PRAGMA integrity_check` complains of.
    pub integrity: String,
}

impl Diary {
    /// Opens the file of a folder, or makes it, and begins to write.
    pub fn open(folder: &Path, config: &Config) -> Result<(Diary, Writer), String> {
        let file = folder.join("diary.sqlite");
        let why = |e| format!("cannot open {} in MODULE_DATA: {e}", file.display());
        let connection = prepared(&file, config.journal).map_err(why)?;
        let writer = Writer::begin(connection, Duration::from_millis(config.pause_milliseconds));
        Ok((Diary { file }, writer))
    }

    /// Reads it on a connection of its own.
    pub fn tell(&self) -> rusqlite::Result<Told> {
        let mut connection =
            Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(PATIENCE)?;
        // One transaction: the writer goes on meanwhile.
        let moment = connection.transaction()?;
        let integrity = moment.query_row("PRAGMA integrity_check", (), |row| row.get(0))?;
        let journal = moment.query_row("PRAGMA journal_mode", (), |row| row.get(0))?;
        let last = "SELECT (SELECT time FROM entries ORDER BY number DESC LIMIT 1)";
        let last_time = moment.query_row(last, (), |row| row.get(0))?;
        let all =
            "SELECT count(*), coalesce(min(number), 0), coalesce(max(number), 0) FROM entries";
        moment.query_row(all, (), |row| {
            let (rows, first, last) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Told { rows, first, last, last_time, journal, integrity })
        })
    }

    /// Deletes all rows. The next one has number 1 again.
    pub fn forget(&self) -> rusqlite::Result<()> {
        let connection = Connection::open(&self.file)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute("DELETE FROM entries", ()).map(drop)
    }
}

/// A connection to write on. What kind of journal a file has, it keeps until it is told another.
fn prepared(file: &Path, journal: Journal) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(PATIENCE)?;
    let journal = match journal {
        Journal::Wal => "wal",
        Journal::Rollback => "delete",
    };
    connection.pragma_update(None, "journal_mode", journal)?;
    connection.execute(TABLE, ())?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
