//! Files by the descriptor of their folder, so that a link that appears meanwhile leads nowhere else.

use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use rustix::io::{Errno, pread, retry_on_intr};

/// What one look at the beginning of a file shows.
pub const HEAD: usize = 100;

/// A name in a folder of the claim.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub folder: BorrowedFd<'a>,
    pub name: &'a [u8],
    /// From the root of the claim.
    pub path: &'a [u8],
}

/// A regular file that was opened.
pub struct Opened {
    pub file: OwnedFd,
    pub stat: Stat,
    /// Its first bytes.
    pub head: Vec<u8>,
}

impl Place<'_> {
    pub fn stat(&self) -> Result<Stat, Errno> {
        statat(self.folder, self.name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// The file beside it whose name ends with this. None where there is no regular file.
    pub fn beside(&self, suffix: &str) -> Option<(Vec<u8>, Stat)> {
        let name = [self.name, suffix.as_bytes()].concat();
        let stat = statat(self.folder, &name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        is_regular(&stat).then_some((name, stat))
    }

    /// Opens a regular file. None where there is another thing by now, or nothing.
    pub fn open(&self) -> Result<Option<Opened>, Errno> {
        // A pipe that took the place would be waited for without NONBLOCK.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(self.folder, self.name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => return Ok(None),
            Err(error) => return Err(error),
        };
        let stat = fstat(&file)?;
        if !is_regular(&stat) {
            return Ok(None);
        }
        let mut head = [0; HEAD];
        let read = retry_on_intr(|| pread(&file, &mut head, 0))?;
        Ok(Some(Opened { file, stat, head: head[..read].to_vec() }))
    }
}

pub fn is_regular(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

/// Sizes and times of a file are only negative where a file system is broken.
pub fn size(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}
