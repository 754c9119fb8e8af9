//! SQLite databases: each is stored as a consistent copy, made by SQLite itself.

mod copying;
mod in_place;
mod lying;
mod scratch;
mod trouble;

pub use scratch::ScratchFolder;

use super::place::Place;
use super::{Packing, owned};
use crate::archive::sqlite::{self, MAGIC};
use copying::{Copied, copy};
use rustix::fd::AsFd;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;
use trouble::Trouble;

/// How long a copy may hold commits up unnoticed.
const NOTICED: Duration = Duration::from_secs(4);

/// Names of databases of one folder that were stored, with all that belongs to them.
pub type Databases = BTreeSet<Box<[u8]>>;

/// Whether a file with such a beginning is a database.
pub fn is_database(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

impl<W: Write + Send + 'static> Packing<'_, W> {
    /// Stores a copy of a database; the database as it lies there where it cannot be copied.
    pub fn database(&mut self, place: Place) -> io::Result<()> {
        match copy(place, &mut self.scratch) {
            Ok(copied) => self.store(place, copied),
            Err(Trouble::Gone) => {
                self.report.vanished(place.path);
                Ok(())
            }
            Err(Trouble::NoRoom(why)) => {
                self.report.unread(place.path, format_args!("no consistent copy of it: {why}"));
                self.raw(place, &why)
            }
            Err(Trouble::Elsewhere(why) | Trouble::Doubtful(why)) => self.raw(place, &why),
        }
    }

    fn store(&mut self, place: Place, copied: Copied) -> io::Result<()> {
        let Copied { copy, original, held_up, unchecked } = copied;
        let (file, size) = copy.open()?;
        self.content_of(place.path, file.as_fd(), size, owned(&original))?;
        self.links.store(&original, place.path);
        self.report.copied(place.path);
        if let Some(why) = unchecked {
            self.report.warn(place.path, format_args!("its copy could not be checked: {why}"));
        }
        let Some(held_up) = held_up else { return Ok(()) };
        let milliseconds = u64::try_from(held_up.as_millis()).unwrap_or(u64::MAX);
        self.report.held_up = self.report.held_up.max(milliseconds);
        if held_up > NOTICED {
            let seconds = held_up.as_secs();
            let what = format!(
                "its copy held commits up for {seconds} s: PRAGMA journal_mode=WAL avoids that"
            );
            self.report.warn(place.path, what);
        }
        Ok(())
    }

    /// A doubtful backup is better than none, and says that it is doubtful.
    fn raw(&mut self, place: Place, why: &str) -> io::Result<()> {
        self.report.doubt(place.path, why);
        self.raw_file(place)?;
        for suffix in sqlite::KEPT {
            if let Some((name, _)) = place.beside(suffix) {
                let path = [place.path, suffix.as_bytes()].concat();
                self.raw_file(Place { folder: place.folder, name: &name, path: &path })?;
            }
        }
        Ok(())
    }

    fn raw_file(&mut self, place: Place) -> io::Result<()> {
        match place.open() {
            Ok(Some(opened)) => return self.plain(place.path, opened),
            Ok(None) => self.report.vanished(place.path),
            Err(error) => self.report.unread(place.path, error),
        }
        Ok(())
    }

    /// Whether a file is stored, or left out, together with the database beside it.
    pub fn belongs_to_database(&mut self, place: Place, databases: &Databases) -> bool {
        let Some((base, suffix)) = sqlite::base(place.name) else { return false };
        if databases.contains(base) {
            return true;
        }
        let path = &place.path[..place.path.len() - suffix.len()];
        match (Place { folder: place.folder, name: base, path }).open() {
            Ok(Some(opened)) if is_database(&opened.head) => true,
            Ok(Some(_)) if sqlite::KEPT.contains(&suffix) => {
                let why = format!(
                    "a file {suffix} lies beside it, and it is no SQLite database: encrypted or damaged?"
                );
                self.report.doubt(path, why);
                false
            }
            _ => false,
        }
    }
}
