//! An object that is read while it comes.

use super::{Problem, Store};
use std::io;
use tokio::runtime::Handle;

/// Gives the bytes of an object, and goes on where a connection was cut.
pub struct Download;

impl Download {
    /// # Errors
    /// Why it cannot begin.
    pub fn begin(_store: &Store, _runtime: &Handle, _key: &str) -> Result<Self, Problem> {
        Err(Problem::passing("still to be written"))
    }

    /// The size of the object.
    pub fn bytes(&self) -> u64 {
        0
    }
}

impl io::Read for Download {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        Err(Problem::passing("still to be written").into())
    }
}
