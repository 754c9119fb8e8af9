//! Who writes the rows.

use rusqlite::Connection;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Rows that are kept, so that the file does not grow for ever.
const KEPT: i64 = 100_000;

/// Writes on a thread of its own until it is dropped. Then it closes the database, as every module should.
pub struct Writer {
    /// Dropped to end it.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Each row is a transaction, with a pause behind it.
    pub fn begin(connection: Connection, pause: Duration) -> Writer {
        let (stop, stopped) = channel();
        let thread = thread::spawn(move || write(&connection, pause, &stopped));
        Writer { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to give.
            let _ = thread.join();
        }
    }
}

fn write(connection: &Connection, pause: Duration, stopped: &Receiver<()>) {
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        // The next row may fare better: a full disk, a long lock.
        if let Err(e) = write_one(connection) {
            println!("diary: {e}");
        }
    }
}

fn write_one(connection: &Connection) -> rusqlite::Result<()> {
    let row = connection.unchecked_transaction()?;
    row.execute("INSERT INTO entries DEFAULT VALUES", ())?;
    row.execute("DELETE FROM entries WHERE number <= last_insert_rowid() - ?1", [KEPT])?;
    row.commit()
}
