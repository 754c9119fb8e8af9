//! Unpacked files → their place on the claim. Each step can be the last one of a killed process: what
//! is still in the folder of the unpacked files is what is still to be done.

use super::companions::remove_stale;
use super::disk::{self, Disk};
use super::failure::{Doing, UnpackFailure};
use super::trash::{Trash, each};
use super::walk::open;
use crate::archive::sqlite;
use rustix::fd::OwnedFd;
use rustix::fs::FileType;
use std::io;

/// Where from, where to, and where what is in the way goes.
pub struct Mover<'a> {
    pub disk: &'a Disk,
    pub data: &'a OwnedFd,
    pub claim: &'a OwnedFd,
    pub trash: &'a Trash<'a>,
}

impl Mover<'_> {
    /// Moves all files of the backup to their place, name by name.
    ///
    /// A folder that both have keeps its other files. Otherwise what the backup has takes the place of
    /// what was there, also a file that of a folder with all that is in it, and a folder that of a file
    /// or of a link, wherever the link pointed.
    pub fn merge(&self) -> Result<(), UnpackFailure> {
        let mut path: Vec<Vec<u8>> = Vec::new();
        // Of each folder that was entered, whether they had logs of databases when they were first seen.
        let mut logs: Vec<bool> = Vec::new();
        loop {
            let shown = path.join(&b'/');
            let data = open(self.data, &path).doing("open", &shown)?;
            let claim = open(self.claim, &path).doing("open", &shown)?;
            if logs.len() == path.len() {
                logs.push(has_logs(&claim).doing("read", &shown)?);
            }
            let both = Both { data, claim, has_logs: logs.last().copied().unwrap_or(true) };
            if let Some(name) = self.folder(&both).doing("restore into", &shown)? {
                path.push(name);
                continue;
            }
            let Some(name) = path.pop() else { return Ok(()) };
            logs.pop();
            let parent = open(self.data, &path).doing("open", &shown)?;
            self.disk.remove_folder(parent, &name).doing("remove", &shown)?;
        }
    }

    /// Moves the names of one folder. Gives the first that is a folder on both sides: it comes first.
    fn folder(&self, both: &Both) -> io::Result<Option<Vec<u8>>> {
        let mut inner = None;
        loop {
            let found = each(&both.data, &mut |name| {
                if !self.one(both, name)? {
                    inner = Some(name.to_vec());
                }
                Ok(inner.is_none())
            })?;
            if inner.is_some() || !found {
                return Ok(inner);
            }
        }
    }

    /// Whether a name was moved, or has been already: names are read ahead, and a database goes before
    /// what belongs to it, as [`remove_stale`] needs it.
    fn one(&self, both: &Both, name: &[u8]) -> io::Result<bool> {
        if let Some((main, _)) = sqlite::base(name)
            && kind(&both.data, main)? == Some(FileType::RegularFile)
        {
            self.one(both, main)?;
        }
        if !both.has_logs {
            match self.disk.rename_where_none_is(&both.data, name, &both.claim, name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
                // Something is there, or the file system cannot tell.
                Err(_) => {}
                Ok(()) => return Ok(true),
            }
        }
        self.in_place_of_another(both, name)
    }

    fn in_place_of_another(&self, both: &Both, name: &[u8]) -> io::Result<bool> {
        let Both { data, claim, .. } = both;
        let Some(kind) = kind(data, name)? else { return Ok(true) };
        let is_folder = kind == FileType::Directory;
        match disk::is_folder(claim, name)? {
            Some(true) if is_folder => return Ok(false),
            Some(true) => self.trash.throw(claim, name)?,
            // Only a file takes the place of a file at once.
            Some(false) if is_folder => self.disk.unlink(claim, name)?,
            Some(false) | None => {}
        }
        if kind == FileType::RegularFile {
            remove_stale(self.disk, data, claim, name)?;
        }
        self.disk.rename(data, name, claim, name)?;
        Ok(true)
    }
}

/// A folder of the backup, and the same on the claim.
struct Both {
    data: OwnedFd,
    claim: OwnedFd,
    has_logs: bool,
}

fn has_logs(claim: &OwnedFd) -> io::Result<bool> {
    let mut found = false;
    each(claim, &mut |name| {
        found = sqlite::base(name).is_some();
        Ok(!found)
    })?;
    Ok(found)
}

fn kind(at: &OwnedFd, name: &[u8]) -> io::Result<Option<FileType>> {
    Ok(disk::stat(at, name)?.map(|stat| FileType::from_raw_mode(stat.st_mode)))
}
