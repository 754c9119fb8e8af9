//! Why a database could not be copied, and what can be done about it.

use rusqlite::{Error, ErrorCode};
use rustix::io::Errno;

#[derive(Debug)]
pub enum Trouble {
    /// There is no such file any more.
    Gone,
    /// It cannot be opened where it lies, or it changed meanwhile: another way or another time may do.
    Elsewhere(String),
    /// It cannot be copied at all.
    Doubtful(String),
    /// There is too little room for the copy.
    NoRoom(String),
}

pub const NO_ROOM: &str = "there is too little room for its copy in the folder for temporary files: give the \
                           BackupSchedule a larger `scratch`";

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Doubtful("it was locked for over a minute".to_owned())
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Doubtful(format!("damaged: {error}")),
            Some(ErrorCode::NotADatabase) => {
                Self::Doubtful(format!("encrypted or damaged: {error}"))
            }
            Some(ErrorCode::DiskFull) => Self::NoRoom(NO_ROOM.to_owned()),
            _ => Self::Elsewhere(error.to_string()),
        }
    }
}

impl From<Errno> for Trouble {
    fn from(error: Errno) -> Self {
        match error {
            Errno::NOENT => Self::Gone,
            Errno::NOSPC | Errno::DQUOT | Errno::FBIG => Self::NoRoom(NO_ROOM.to_owned()),
            error => Self::Elsewhere(error.to_string()),
        }
    }
}
