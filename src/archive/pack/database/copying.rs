//! The ways to a copy, tried one after the other.

use super::scratch::{Copy, ScratchFolder};
use super::trouble::Trouble;
use super::{in_place, is_database, lying};
use crate::archive::pack::place::Place;
use rusqlite::{Connection, Error, OpenFlags};
use rustix::fs::Stat;
use std::thread::sleep;
use std::time::Duration;

/// A database that changes all the time and cannot be opened where it lies is given up after so many tries.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(100);

pub struct Copied {
    pub copy: Copy,
    /// What is to be kept of the original but its content.
    pub original: Stat,
    /// For how long nobody could commit. None in WAL mode, where everybody can.
    pub held_up: Option<Duration>,
    /// Why the copy could not be checked, as with functions that only the module knows.
    pub unchecked: Option<String>,
}

/// Makes a consistent copy of a database.
pub fn copy(place: Place, scratch: &mut ScratchFolder) -> Result<Copied, Trouble> {
    let mut last = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            sleep(PAUSE);
        }
        match copy_once(place, scratch) {
            Err(Trouble::Elsewhere(why)) => last = why,
            outcome => return outcome,
        }
    }
    Err(Trouble::Doubtful(last))
}

fn copy_once(place: Place, scratch: &mut ScratchFolder) -> Result<Copied, Trouble> {
    let opened = place.open()?.ok_or(Trouble::Gone)?;
    let (original, head) = (opened.stat, opened.head.clone());
    // From here on none of our descriptors may be closed until SQLite has closed its own.
    drop(opened);
    if !is_database(&head) {
        return Err(Trouble::Elsewhere("it is no SQLite database any more".to_owned()));
    }
    let copy = scratch.place().map_err(|error| Trouble::NoRoom(error.to_string()))?;
    let (copy, held_up) = match in_place::copy(place, &original, &head, copy) {
        Err(Trouble::Elsewhere(why)) => {
            let copy = scratch.place().map_err(|error| Trouble::NoRoom(error.to_string()))?;
            let copy = lying::copy(place, &original, copy).map_err(|trouble| match trouble {
                Trouble::Elsewhere(changed) => Trouble::Elsewhere(format!(
                    "it cannot be opened where it lies ({why}), and {changed}"
                )),
                trouble => trouble,
            })?;
            (copy, None)
        }
        copied => copied?,
    };
    let unchecked = check(&copy)?;
    Ok(Copied { copy, original, held_up, unchecked })
}

/// Opens a copy as the module would, which rolls back or brings in what is in its journals.
///
/// Gives why it could not be checked, where it could not.
fn check(copy: &Copy) -> Result<Option<String>, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(copy.path(), flags)?;
    database.execute_batch("PRAGMA locking_mode=exclusive; PRAGMA cache_size=-1024")?;
    let said = database.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    let unchecked = match said {
        Ok(said) if said == "ok" => None,
        Ok(said) => return Err(Trouble::Doubtful(format!("damaged: {said}"))),
        Err(error @ Error::SqlInputError { .. }) => Some(error.to_string()),
        Err(error) => return Err(error.into()),
    };
    // Closing brings the journal in, too, and says nothing where that fails.
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy = database.query_row(checkpoint, [], |row| row.get::<_, bool>(0))?;
    if is_busy {
        return Err(Trouble::Doubtful("what is in its journal cannot be brought in".to_owned()));
    }
    database.close().map_err(|(_, error)| error)?;
    Ok(unchecked)
}
