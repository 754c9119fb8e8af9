//! Files that belong to a database: its log, the log's index, its journal. Those of another state of
//! the database would be played into the restored one.

use super::disk::{self, Disk};
use crate::archive::sqlite::{MAGIC, SUFFIXES};
use rustix::fd::AsFd;
use std::io;

/// How a journal begins, and a log in either order of its bytes.
const LOGS: [&[u8]; 3] =
    [b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"];

/// Removes from the claim what belongs to the state that a file had there, and which the backup does
/// not have. Right as long as a file is moved before what belongs to it.
pub fn remove_stale(disk: &Disk, data: impl AsFd, claim: impl AsFd, name: &[u8]) -> io::Result<()> {
    let is_database = disk::first_bytes::<16>(&data, name)? == MAGIC;
    for suffix in SUFFIXES {
        let companion = [name, suffix.as_bytes()].concat();
        let is_there = disk::is_folder(&claim, &companion).or_else(too_long)? == Some(false);
        if is_there
            && disk::stat(&data, &companion)?.is_none()
            && (is_database || is_log(&claim, &companion)?)
        {
            disk.unlink(&claim, &companion)?;
        }
    }
    Ok(())
}

/// An empty database has no beginning to be known by, an encrypted one has another. Their logs have.
fn is_log(claim: impl AsFd, name: &[u8]) -> io::Result<bool> {
    let is_file = disk::is_regular(&claim, name)?;
    let first = if is_file { disk::first_bytes::<8>(&claim, name)? } else { Vec::new() };
    Ok(LOGS.iter().any(|log| first.starts_with(log)))
}

/// A name that no file can have.
fn too_long(error: io::Error) -> io::Result<Option<bool>> {
    match error.kind() {
        io::ErrorKind::InvalidFilename => Ok(None),
        _ => Err(error),
    }
}
