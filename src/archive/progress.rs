//! How far the work on an archive has come, and whether it shall stop: seen by two threads.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Counts of what was done. Shared between the thread that works and the one that tells of it.
#[derive(Debug, Default)]
pub struct Progress {
    expected: AtomicU64,
    bytes: AtomicU64,
    files: AtomicU64,
    stop: AtomicBool,
}

/// The work was asked to stop. Travels inside of an [`io::Error`].
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it was asked to end before it was done")
    }
}

impl std::error::Error for Stopped {}

impl Progress {
    /// How many bytes there will be, as far as is known.
    pub fn expect(&self, bytes: u64) {
        self.expected.store(bytes, Relaxed);
    }

    /// 0 while it is not known.
    pub fn expected(&self) -> u64 {
        self.expected.load(Relaxed)
    }

    /// So many bytes more are done.
    pub fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// One file more is done.
    pub fn add_file(&self) {
        self.files.fetch_add(1, Relaxed);
    }

    pub fn files(&self) -> u64 {
        self.files.load(Relaxed)
    }

    /// Asks the work to stop where it can.
    pub fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    /// An error with [`Stopped`] inside once the work was asked to stop.
    pub fn go_on(&self) -> io::Result<()> {
        if self.stop.load(Relaxed) { Err(io::Error::other(Stopped)) } else { Ok(()) }
    }
}
