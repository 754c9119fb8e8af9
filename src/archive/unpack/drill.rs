//! A restore that nobody needs, to see whether one would work.

use super::claim::Claim;
use super::disk::{self, Disk};
use super::failure::{Doing, UnpackFailure, shown};
use super::journal::Wanted;
use super::trash::each;
use super::walk::open;
use crate::archive::Progress;
use crate::archive::hidden::RESTORE_FOLDER;
use crate::archive::sqlite::{self, MAGIC, SUFFIXES};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fd::OwnedFd;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the database lies that is being asked: SQLite takes no long paths.
const ASKED: &str = "asked";

/// What a drill has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drilled {
    pub files: u64,
    pub databases: u64,
    pub warnings: Vec<String>,
}

/// Restores an archive into an empty folder, asks each database whether it is whole, and removes all again.
///
/// # Errors
/// Of an archive that cannot be restored, and of a database that is damaged.
pub fn drill(
    folder: &Path,
    wanted: &Wanted,
    archive: impl Read + Send + 'static,
    progress: &Arc<Progress>,
) -> Result<Drilled, UnpackFailure> {
    let claim = Claim::open(folder, Disk::default(), progress)?;
    if let Some(name) = claim.holds()? {
        let folder = folder.display();
        return Err(UnpackFailure::Claim(format!(
            "{folder} is not empty, it has {name}: a drill needs an empty folder"
        )));
    }
    let journal = claim.unpack(wanted, archive)?;
    let (hidden, data) = claim.unpacked()?;
    let path = folder.join(RESTORE_FOLDER).join(ASKED);
    let mut check =
        Check { disk: Disk::default(), hidden, data, path, drilled: Drilled::default() };
    let checked = check.all();
    check.forget().doing("remove", ASKED.as_bytes())?;
    claim.clear()?;
    checked?;
    let mut drilled = check.drilled;
    drilled.files = journal.restored.files;
    drilled.warnings.splice(0..0, journal.restored.warnings);
    Ok(drilled)
}

/// The check of what was unpacked. It removes what it has seen.
struct Check {
    disk: Disk,
    hidden: OwnedFd,
    data: OwnedFd,
    path: PathBuf,
    drilled: Drilled,
}

impl Check {
    fn all(&mut self) -> Result<(), UnpackFailure> {
        let mut path: Vec<Vec<u8>> = Vec::new();
        loop {
            let shown = path.join(&b'/');
            let folder = open(&self.data, &path).doing("open", &shown)?;
            if let Some(name) = self.folder(&folder, &shown)? {
                path.push(name);
                continue;
            }
            let Some(name) = path.pop() else { return Ok(()) };
            let parent = open(&self.data, &path).doing("open", &shown)?;
            self.disk.remove_folder(parent, &name).doing("remove", &shown)?;
        }
    }

    /// Checks the files of one folder. Gives the first folder in it: that one comes first.
    fn folder(&mut self, folder: &OwnedFd, path: &[u8]) -> Result<Option<Vec<u8>>, UnpackFailure> {
        let mut inner = None;
        let mut failure = None;
        loop {
            let found = each(folder, &mut |name| {
                match self.one(folder, path, name) {
                    Ok(false) => inner = Some(name.to_vec()),
                    Ok(true) => {}
                    Err(why) => failure = Some(why),
                }
                Ok(inner.is_none() && failure.is_none())
            });
            let found = found.doing("read", path)?;
            match failure {
                Some(failure) => return Err(failure),
                None if inner.is_some() || !found => return Ok(inner),
                None => {}
            }
        }
    }

    /// Whether a name was checked, or has been already.
    fn one(&mut self, folder: &OwnedFd, path: &[u8], name: &[u8]) -> Result<bool, UnpackFailure> {
        let full = if path.is_empty() { name.to_vec() } else { [path, b"/", name].concat() };
        match disk::is_folder(folder, name).doing("look at", &full)? {
            Some(true) => return Ok(false),
            None => return Ok(true),
            Some(false) => {}
        }
        if let Some((main, _)) = sqlite::base(name)
            && disk::is_folder(folder, main).doing("look at", &full)? == Some(false)
        {
            self.one(folder, path, main)?;
        }
        if disk::is_regular(folder, name).doing("look at", &full)?
            && disk::first_bytes::<16>(folder, name).doing("read", &full)? == MAGIC
        {
            self.move_here(folder, name).doing("move", &full)?;
            self.ask(&full)?;
            self.drilled.databases += 1;
            self.forget().doing("remove", &full)?;
        }
        self.disk.unlink(folder, name).doing("remove", &full)?;
        Ok(true)
    }

    /// Moves a database, and what belongs to it, to where it can be asked.
    fn move_here(&self, folder: &OwnedFd, name: &[u8]) -> std::io::Result<()> {
        for suffix in SUFFIXES.into_iter().chain([""]) {
            let (name, here) = ([name, suffix.as_bytes()].concat(), asked(suffix));
            if disk::is_folder(folder, &name)? == Some(false) {
                self.disk.rename(folder, &name, &self.hidden, &here)?;
            }
        }
        Ok(())
    }

    fn forget(&self) -> std::io::Result<()> {
        SUFFIXES
            .into_iter()
            .chain([""])
            .try_for_each(|suffix| self.disk.unlink(&self.hidden, &asked(suffix)))
    }

    fn ask(&mut self, name: &[u8]) -> Result<(), UnpackFailure> {
        let answer = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .and_then(|database| {
                database.query_row("PRAGMA integrity_check(1)", (), |row| row.get::<_, String>(0))
            });
        let damaged = |why: &str| {
            UnpackFailure::Archive(format!("database {} is damaged: {why}", shown(name)))
        };
        match answer {
            Ok(answer) if answer == "ok" => Ok(()),
            Ok(answer) => Err(damaged(&answer)),
            // It uses what an extension of SQLite brings, which only the module has.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => {
                let warning = format!("database {} could not be checked: {error}", shown(name));
                self.drilled.warnings.push(warning);
                Ok(())
            }
            Err(error) => Err(damaged(&error.to_string())),
        }
    }
}

fn asked(suffix: &str) -> Vec<u8> {
    [ASKED, suffix].concat().into_bytes()
}
