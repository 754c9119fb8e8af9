//! Why an archive was not restored.

use std::{fmt, io};

/// Why an archive was not restored, for a person who reads the termination message.
#[derive(Debug)]
pub enum UnpackFailure {
    /// The archive is damaged, or holds what no backup holds.
    Archive(String),
    /// The archive could not be read to its end.
    Read(io::Error),
    /// Where the backups are, something went wrong.
    Store { why: String, is_permanent: bool },
    /// The claim would not let it happen.
    Disk {
        /// What was tried, on what.
        doing: String,
        error: io::Error,
    },
    /// The claim has no room for it, or what is on it does not let a restore begin.
    Claim(String),
}

impl UnpackFailure {
    /// Whether no other try will do better.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Archive(_) | Self::Claim(_) => true,
            Self::Store { is_permanent, .. } => *is_permanent,
            Self::Read(_) | Self::Disk { .. } => false,
        }
    }

    /// Whether the claim is full, or its quota used up.
    pub fn is_full(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Disk { error, .. } if matches!(error.kind(), StorageFull | QuotaExceeded))
    }
}

impl fmt::Display for UnpackFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(why) => {
                write!(out, "the archive cannot be restored: {why}: restore another backup")
            }
            Self::Read(error) => write!(out, "the archive could not be read: {error}"),
            Self::Disk { doing, error } => write!(out, "{doing}: {error}"),
            Self::Claim(why) | Self::Store { why, .. } => out.write_str(why),
        }
    }
}

impl std::error::Error for UnpackFailure {}

/// Says of an error of the claim what was tried.
pub trait Doing<T> {
    /// The same, with what was tried, on what.
    fn doing(self, what: &str, on: &[u8]) -> Result<T, UnpackFailure>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, what: &str, on: &[u8]) -> Result<T, UnpackFailure> {
        self.map_err(|error| UnpackFailure::Disk {
            doing: format!("cannot {what} {}", shown(on)),
            error: error.into(),
        })
    }
}

/// A name for a person.
pub fn shown(name: &[u8]) -> String {
    const LONGEST: usize = 200;
    let shown = format!("\"{}\"", name.escape_ascii());
    if shown.len() <= LONGEST { shown } else { format!("{}…\"", &shown[..LONGEST]) }
}
