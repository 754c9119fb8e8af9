//! What a person should know of a backup, in bounded memory.

use crate::archive::manifest::Name;
use crate::archive::sqlite;
use std::ffi::OsString;
use std::fmt::Display;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// So many of each list are kept, the rest is counted.
const MOST: usize = 100;

#[derive(Debug, Default)]
pub struct PackReport {
    pub warnings: Vec<String>,
    pub more_warnings: u64,
    /// Consistent copies.
    pub databases: Vec<Name>,
    /// How many there are.
    pub copied: u64,
    /// What looks like a database and was stored as it lay there.
    pub doubtful: Vec<Name>,
    /// What could not be read.
    pub missing: Vec<Name>,
    pub unread: u64,
    /// Why, as a line for each of the first few.
    pub reasons: Vec<String>,
    /// The longest time for which a copy held commits up, in milliseconds.
    pub held_up: u64,
}

impl PackReport {
    pub fn warn(&mut self, path: &[u8], what: impl Display) {
        self.note(format!("{}: {what}", shown(path)));
    }

    /// What was in a folder was not there any more. SQLite takes its own files away with each commit.
    pub fn vanished(&mut self, path: &[u8]) {
        if sqlite::base(path).is_none() {
            self.warn(path, "it vanished before it was read");
        }
    }

    fn note(&mut self, warning: String) {
        if self.warnings.len() < MOST {
            self.warnings.push(warning);
        } else {
            self.more_warnings += 1;
        }
    }

    /// Something is not in the archive as it should be.
    pub fn unread(&mut self, path: &[u8], why: impl Display) {
        self.unread += 1;
        if self.missing.len() < MOST {
            self.missing.push(name(path));
        }
        if self.reasons.len() < 5 {
            self.reasons.push(format!("{}: {why}", shown(path)));
        }
    }

    /// A database of which a consistent copy is stored.
    pub fn copied(&mut self, path: &[u8]) {
        self.copied += 1;
        if self.databases.len() < MOST {
            self.databases.push(name(path));
        }
    }

    /// A database that may not open.
    pub fn doubt(&mut self, path: &[u8], why: impl Display) {
        if self.doubtful.len() < MOST {
            self.doubtful.push(name(path));
        }
        self.note(format!("{}: stored as it lay there, it may not open: {why}", shown(path)));
    }

    /// Why the backup is not good. None where it is.
    pub fn failure(&self) -> Option<String> {
        let more = self.unread.saturating_sub(self.reasons.len() as u64);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        (self.unread > 0).then(|| {
            format!(
                "the archive is stored, but lacks what could not be read: {}{more}",
                self.reasons.join("; ")
            )
        })
    }
}

fn name(path: &[u8]) -> Name {
    Name(OsString::from_vec(path.to_vec()).into())
}

fn shown(path: &[u8]) -> String {
    let path: OsString = OsString::from_vec(path.to_vec());
    if path.is_empty() { "the claim".to_owned() } else { Path::new(&path).display().to_string() }
}
