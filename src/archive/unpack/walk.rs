//! Folders in folders, opened step by step: no step follows a link.

use super::disk;
use rustix::fd::{AsFd, OwnedFd};
use std::io;

/// Opens a folder by the names that lead to it.
pub fn open<T: AsRef<[u8]>>(
    root: impl AsFd,
    path: impl IntoIterator<Item = T>,
) -> io::Result<OwnedFd> {
    let mut at = root.as_fd().try_clone_to_owned()?;
    for name in path {
        at = disk::open_folder(&at, name.as_ref())?;
    }
    Ok(at)
}
