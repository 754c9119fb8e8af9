//! Unpacked files → their place on the claim. Each step can be the last one of a killed process: what
//! is still in the folder of the unpacked files is what is still to be done.

use super::companions::remove_stale;
use super::disk::{self, Disk};
use super::failure::{Doing, Failure};
use super::trash::{Trash, each};
use super::walk::open;
use crate::archive::sqlite;
use rustix::fd::OwnedFd;
use rustix::fs::FileType;
use std::io;

/// Where from, where to, and where what is in the way goes.
pub struct Moves<'a> {
    pub disk: &'a Disk,
    pub data: &'a OwnedFd,
    pub claim: &'a OwnedFd,
    pub trash: &'a Trash<'a>,
}

impl Moves<'_> {
    /// Moves all files of the backup to their place, name by name.
    ///
    /// A folder that both have keeps its other files. Otherwise what the backup has takes the place of
    /// what was there, also a file that of a folder with all that is in it, and a folder that of a file
    /// or of a link, wherever the link pointed.
    pub fn merge(&self) -> Result<(), Failure> {
        let mut path: Vec<Vec<u8>> = Vec::new();
        loop {
            let shown = path.join(&b'/');
            let data = open(self.data, &path).doing("open", &shown)?;
            let claim = open(self.claim, &path).doing("open", &shown)?;
            if let Some(name) = self.folder(&data, &claim).doing("restore into", &shown)? {
                path.push(name);
                continue;
            }
            let Some(name) = path.pop() else { return Ok(()) };
            let parent = open(self.data, &path).doing("open", &shown)?;
            self.disk.remove_folder(parent, &name).doing("remove", &shown)?;
        }
    }

    /// Moves the names of one folder. Gives the first that is a folder on both sides: it comes first.
    fn folder(&self, data: &OwnedFd, claim: &OwnedFd) -> io::Result<Option<Vec<u8>>> {
        let mut both = None;
        loop {
            let found = each(data, &mut |name| {
                if !self.one(data, claim, name)? {
                    both = Some(name.to_vec());
                }
                Ok(both.is_none())
            })?;
            if both.is_some() || !found {
                return Ok(both);
            }
        }
    }

    /// Whether a name was moved, or has been already.
    fn one(&self, data: &OwnedFd, claim: &OwnedFd, name: &[u8]) -> io::Result<bool> {
        // Names are read ahead: this one may have gone before what belongs to it.
        let Some(kind) = kind(data, name)? else { return Ok(true) };
        if let Some((main, _)) = sqlite::base(name)
            && self::kind(data, main)? == Some(FileType::RegularFile)
        {
            self.one(data, claim, main)?;
        }
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

fn kind(at: &OwnedFd, name: &[u8]) -> io::Result<Option<FileType>> {
    Ok(disk::stat(at, name)?.map(|stat| FileType::from_raw_mode(stat.st_mode)))
}
