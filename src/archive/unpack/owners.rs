//! Owners that could not be given.

use super::attributes::Attributes;
use super::disk::Disk;
use super::failure::shown;
use rustix::fd::AsFd;
use rustix::fs::Stat;
use std::io;

/// Counts what keeps the owner it was made with: not every pod may give files away.
#[derive(Debug, Default)]
pub struct Owners {
    refused: u64,
    first: String,
}

impl Owners {
    /// Gives something its owner, where it has another. Gives the mode that it may have then: what runs as its
    /// owner must not run as another one.
    pub fn give(
        &mut self,
        disk: &Disk,
        file: impl AsFd,
        is: &Stat,
        wanted: Attributes,
        name: &[u8],
    ) -> io::Result<u32> {
        let Attributes { mode, uid, gid, .. } = wanted;
        let is_given = (is.st_uid, is.st_gid) == (uid, gid);
        let is_refused = !is_given && self.refused(disk.set_owner(file, uid, gid), name)?;
        Ok(if is_refused { mode & 0o1777 } else { mode })
    }

    /// Whether giving something away was refused.
    pub fn refused(&mut self, given: io::Result<()>, name: &[u8]) -> io::Result<bool> {
        match given {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                if self.refused == 0 {
                    self.first = shown(name);
                }
                self.refused += 1;
                Ok(true)
            }
            given => given.map(|()| false),
        }
    }

    /// Takes in what another has counted.
    pub fn add(&mut self, other: Self) {
        if self.refused == 0 {
            self.first = other.first;
        }
        self.refused += other.refused;
    }

    /// What a person should know.
    pub fn warning(&self) -> Option<String> {
        (self.refused > 0).then(|| {
            format!(
                "{} files, {} the first, belong to the user of this pod instead of their own, which needs capability \
                 CHOWN",
                self.refused, self.first
            )
        })
    }
}
