//! An object that is written while it is sent.

use super::{Problem, Store};
use std::io;
use tokio::runtime::Handle;

/// Takes bytes and sends them in parts. Dropped before it is finished, it leaves nothing behind.
pub struct Upload;

impl Upload {
    /// # Errors
    /// Why it cannot begin.
    pub fn begin(
        _store: &Store,
        _runtime: &Handle,
        _key: &str,
        _expected_bytes: u64,
    ) -> Result<Self, Problem> {
        Err(Problem::passing("still to be written"))
    }

    /// Sends what is left and completes the object. Gives its size.
    ///
    /// # Errors
    /// Why the object is not there.
    pub fn finish(self) -> Result<u64, Problem> {
        Err(Problem::passing("still to be written"))
    }

    /// Leaves nothing behind.
    pub fn abort(self) {}
}

impl io::Write for Upload {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(Problem::passing("still to be written").into())
    }

    /// Parts are sent when they are full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
