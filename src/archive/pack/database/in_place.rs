//! A copy of a database where it lies, under a module that writes.

use super::scratch::Copy;
use super::trouble::Trouble;
use crate::archive::pack::place::Place;
use crate::archive::sqlite::{SHARED_MEMORY, WAL};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};
use rustix::fd::AsRawFd;
use rustix::fs::Stat;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks at a lock. A writer without a pause leaves gaps of microseconds.
const LOOK: Duration = Duration::from_millis(1);
/// A lock is waited for so long.
const PATIENCE: Duration = Duration::from_mins(1);
/// All pages in one step: in several it begins again with every commit.
const ALL: i32 = -1;
/// Bytes of the header that say how it is written and read. Both are 2 in WAL mode.
const VERSIONS: std::ops::Range<usize> = 18..20;

/// Gives the copy, and for how long nobody could commit.
pub fn copy(
    place: Place,
    original: &Stat,
    head: &[u8],
    copy: Copy,
) -> Result<(Copy, Option<Duration>), Trouble> {
    let is_wal = head.get(VERSIONS).is_some_and(|versions| versions.contains(&2));
    if is_wal && [WAL, SHARED_MEMORY].iter().any(|suffix| place.beside(suffix).is_none()) {
        // SQLite would make them, and a module of another user could not open its database any more.
        return Err(Trouble::Elsewhere("nobody has it open".to_owned()));
    }
    let took = copy_all(place, &copy)?;
    match place.stat() {
        Ok(now) if (now.st_dev, now.st_ino) == (original.st_dev, original.st_ino) => {
            Ok((copy, (!is_wal).then_some(took)))
        }
        Ok(_) => Err(Trouble::Elsewhere("it was replaced meanwhile".to_owned())),
        Err(error) => Err(error.into()),
    }
}

fn copy_all(place: Place, copy: &Copy) -> Result<Duration, Trouble> {
    let from = open(place)?;
    let mut to = Connection::open(copy.path())?;
    to.execute_batch(
        "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA locking_mode=exclusive; PRAGMA cache_size=-1024",
    )?;
    let began = Instant::now();
    let backup = Backup::new(&from, &mut to)?;
    loop {
        let step = Instant::now();
        match backup.step(ALL) {
            Ok(StepResult::Done) => return Ok(step.elapsed()),
            Err(error) if !is_locked(&error) => return Err(error.into()),
            _ if began.elapsed() > PATIENCE => {
                return Err(Trouble::Doubtful("it was locked for over a minute".to_owned()));
            }
            _ => sleep(LOOK),
        }
    }
}

fn is_locked(error: &Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn open(place: Place) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(uri(place), flags)?;
    // The loop above looks more often than SQLite would.
    database.busy_timeout(Duration::ZERO)?;
    Ok(database)
}

/// By the descriptor of its folder. The shared memory of the module is read and not written.
fn uri(place: Place) -> String {
    let name: String = place.name.iter().map(|byte| format!("%{byte:02x}")).collect();
    format!("file:/proc/self/fd/{}/{name}?mode=ro&readonly_shm=1", place.folder.as_raw_fd())
}
