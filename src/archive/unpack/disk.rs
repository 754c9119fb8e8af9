//! What is done to a claim: each a single call of the system, on a name in an open folder. No call
//! follows a link.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    self, AtFlags, FileType, Gid, Mode, OFlags, RawMode, RenameFlags, Stat, Timespec, Timestamps,
    UTIME_OMIT, Uid,
};
use rustix::io::Errno;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// The disk. In a test it may fail after so many calls, and from then on, as if the process had been killed.
#[derive(Debug, Default)]
pub struct Disk {
    done: AtomicU64,
    last: Option<u64>,
}

const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Disk {
    /// A disk that fails after so many calls.
    pub fn failing_after(calls: u64) -> Self {
        Self { done: AtomicU64::new(0), last: Some(calls) }
    }

    /// How many calls were made that change something.
    pub fn calls(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    fn call(&self) -> io::Result<()> {
        let done = self.done.fetch_add(1, Ordering::Relaxed);
        match self.last {
            Some(last) if done >= last => Err(io::Error::other("the disk is gone")),
            _ => Ok(()),
        }
    }

    pub fn make_folder(&self, at: impl AsFd, name: &[u8], mode: u32) -> io::Result<()> {
        self.call()?;
        Ok(fs::mkdirat(at, name, self::mode(mode))?)
    }

    /// A file that was not there before. What the process may not give a new file is left out of its mode.
    pub fn create(&self, at: impl AsFd, name: &[u8], mode: u32) -> io::Result<OwnedFd> {
        self.call()?;
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(at, name, flags, self::mode(mode))?)
    }

    pub fn write(&self, file: impl AsFd, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        self.call()?;
        while !bytes.is_empty() {
            match rustix::io::pwrite(&file, bytes, offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = &bytes[written..];
                    offset += written as u64;
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub fn set_size(&self, file: impl AsFd, size: u64) -> io::Result<()> {
        self.call()?;
        Ok(fs::ftruncate(file, size)?)
    }

    pub fn link(
        &self,
        from: impl AsFd,
        name: &[u8],
        to: impl AsFd,
        new_name: &[u8],
    ) -> io::Result<()> {
        self.call()?;
        Ok(fs::linkat(from, name, to, new_name, AtFlags::empty())?)
    }

    pub fn link_symbolically(&self, target: &[u8], at: impl AsFd, name: &[u8]) -> io::Result<()> {
        self.call()?;
        Ok(fs::symlinkat(target, at, name)?)
    }

    pub fn rename(
        &self,
        from: impl AsFd,
        name: &[u8],
        to: impl AsFd,
        new_name: &[u8],
    ) -> io::Result<()> {
        self.call()?;
        Ok(fs::renameat(from, name, to, new_name)?)
    }

    /// The same, and an error where the new name is taken. Not every file system can do it.
    pub fn rename_where_none_is(
        &self,
        from: impl AsFd,
        name: &[u8],
        to: impl AsFd,
        new_name: &[u8],
    ) -> io::Result<()> {
        self.call()?;
        Ok(fs::renameat_with(from, name, to, new_name, RenameFlags::NOREPLACE)?)
    }

    /// Removes what is no folder. What is not there is removed already.
    pub fn unlink(&self, at: impl AsFd, name: &[u8]) -> io::Result<()> {
        self.call()?;
        gone(fs::unlinkat(at, name, AtFlags::empty()))
    }

    /// Removes an empty folder. What is not there is removed already.
    pub fn remove_folder(&self, at: impl AsFd, name: &[u8]) -> io::Result<()> {
        self.call()?;
        gone(fs::unlinkat(at, name, AtFlags::REMOVEDIR))
    }

    pub fn set_owner(&self, file: impl AsFd, uid: u32, gid: u32) -> io::Result<()> {
        self.call()?;
        Ok(fs::fchown(file, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))?)
    }

    pub fn set_mode(&self, file: impl AsFd, mode: u32) -> io::Result<()> {
        self.call()?;
        Ok(fs::fchmod(file, self::mode(mode))?)
    }

    /// Lets the owner into a folder.
    pub fn let_in(&self, at: impl AsFd, name: &[u8]) -> io::Result<()> {
        self.call()?;
        Ok(fs::chmodat(at, name, Mode::RWXU, AtFlags::empty())?)
    }

    pub fn set_time(&self, file: impl AsFd, mtime: (i64, u32)) -> io::Result<()> {
        self.call()?;
        Ok(fs::futimens(file, &times(mtime))?)
    }

    /// Owner of a symbolic link itself.
    pub fn set_owner_of_link(
        &self,
        at: impl AsFd,
        name: &[u8],
        uid: u32,
        gid: u32,
    ) -> io::Result<()> {
        self.call()?;
        let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
        Ok(fs::chownat(at, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Time of a symbolic link itself.
    pub fn set_time_of_link(
        &self,
        at: impl AsFd,
        name: &[u8],
        mtime: (i64, u32),
    ) -> io::Result<()> {
        self.call()?;
        Ok(fs::utimensat(at, name, &times(mtime), AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Waits until one file, or folder, is on the disk.
    pub fn sync(&self, file: impl AsFd) -> io::Result<()> {
        self.call()?;
        Ok(fs::fsync(file)?)
    }

    /// Waits until all of its file system is on the disk.
    pub fn sync_all(&self, file: impl AsFd) -> io::Result<()> {
        self.call()?;
        #[cfg(target_os = "linux")]
        fs::syncfs(file)?;
        // Elsewhere there is no such call; the system writes what is left soon.
        #[cfg(not(target_os = "linux"))]
        fs::fsync(file)?;
        Ok(())
    }
}

/// Opens a folder that is no link.
pub fn open_folder(at: impl AsFd, name: &[u8]) -> io::Result<OwnedFd> {
    Ok(fs::openat(at, name, FOLDER, Mode::empty())?)
}

/// Opens a folder by its path, which may be a link.
pub fn open_root(path: &std::path::Path) -> io::Result<OwnedFd> {
    Ok(fs::open(path, FOLDER.difference(OFlags::NOFOLLOW), Mode::empty())?)
}

/// Opens a file for reading that is no link.
pub fn open_file(at: impl AsFd, name: &[u8]) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(fs::openat(at, name, flags, Mode::empty())?)
}

/// What is true of a name. None where it is not there.
pub fn stat(at: impl AsFd, name: &[u8]) -> io::Result<Option<Stat>> {
    match fs::statat(at, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// When something was changed, in seconds and nanoseconds.
pub fn time(file: impl AsFd) -> io::Result<(i64, u32)> {
    let is = fs::fstat(file)?;
    Ok((is.st_mtime, u32::try_from(is.st_mtime_nsec).unwrap_or_default()))
}

/// Whether something is a folder. None where it is not there.
pub fn is_folder(at: impl AsFd, name: &[u8]) -> io::Result<Option<bool>> {
    Ok(stat(at, name)?.map(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory))
}

/// Whether something is a file.
pub fn is_regular(at: impl AsFd, name: &[u8]) -> io::Result<bool> {
    let stat = stat(at, name)?;
    Ok(stat.is_some_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile))
}

/// The first bytes of a file. Fewer where it is shorter, none where it is no file that can be read.
pub fn first_bytes<const N: usize>(at: impl AsFd, name: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = [0; N];
    let file = match open_file(at, name) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let read = rustix::io::pread(&file, &mut bytes, 0)?;
    Ok(bytes[..read].to_vec())
}

/// Bits of a mode, whose type differs between systems.
pub fn mode(mode: u32) -> Mode {
    #[allow(clippy::unnecessary_fallible_conversions, reason = "it has 16 bits on other systems")]
    let raw = RawMode::try_from(mode).unwrap_or_default();
    Mode::from_raw_mode(raw)
}

fn times((seconds, nanoseconds): (i64, u32)) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() },
    }
}

fn gone(removed: Result<(), Errno>) -> io::Result<()> {
    match removed {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
