//! Whether a restore is in the middle of its moves: then the claim holds a mixture, which nobody may take for a backup.

use super::walk;
use crate::archive::hidden::{JOURNAL, JournalState, RESTORE_FOLDER};
use rustix::fd::BorrowedFd;
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use serde::Deserialize;
use std::fs::File;
use std::io::Read;

/// A journal is a line.
const LONGEST: u64 = 1 << 20;

/// What a backup reads of a journal.
#[derive(Deserialize)]
struct Journal {
    state: JournalState,
}

/// Why the claim cannot be backed up as it is. None where it can.
pub fn unfinished(root: BorrowedFd) -> Option<String> {
    match state(root) {
        Ok(Some(JournalState::Moving)) => Some(
            "a restore has put some of its files into their place and not the others: let it finish, or make another \
             BackupRestore, before the next backup"
                .to_owned(),
        ),
        Ok(_) => None,
        Err(why) => Some(format!(
            "{RESTORE_FOLDER}/{JOURNAL} cannot be read, so that nobody knows whether a restore has finished ({why}): \
             make a BackupRestore, or delete {RESTORE_FOLDER} if no restore is under way"
        )),
    }
}

/// What the journal of a restore says. None without one.
fn state(root: BorrowedFd) -> Result<Option<JournalState>, String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = walk::open(root, RESTORE_FOLDER.as_bytes())
        .and_then(|folder| openat(folder.fd()?, JOURNAL, flags, Mode::empty()));
    let file = match opened {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(|error| error.to_string())?;
    let journal: Journal = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(Some(journal.state))
}
