//! Folders are removed in two steps: out of the way at once by a new name, and emptied later.

use super::disk::{self, Disk};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Dir, FileType};
use rustix::io::Errno;
use std::io;

const NAME: &[u8] = b"trash";

/// A folder of what is to be removed.
pub struct Trash<'a> {
    disk: &'a Disk,
    parent: OwnedFd,
    folder: OwnedFd,
}

impl<'a> Trash<'a> {
    /// Opens the trash of a folder. It is made where it is not there.
    pub fn open(disk: &'a Disk, parent: impl AsFd) -> io::Result<Self> {
        let parent = parent.as_fd().try_clone_to_owned()?;
        let folder = match disk::open_folder(&parent, NAME) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                disk.make_folder(&parent, NAME, 0o700)?;
                disk::open_folder(&parent, NAME)?
            }
            folder => folder?,
        };
        Ok(Self { disk, parent, folder })
    }

    /// Throws something away, whatever it is.
    pub fn throw(&self, at: impl AsFd, name: &[u8]) -> io::Result<()> {
        let Some(stat) = disk::stat(&at, name)? else { return Ok(()) };
        if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
            return self.disk.unlink(at, name);
        }
        // No two folders of a file system have the same number at a time.
        let mut new_name = format!("{:x}", stat.st_ino).into_bytes();
        loop {
            match self.disk.rename(&at, name, &self.folder, &new_name) {
                Err(error) if is(&error, &[Errno::NOTEMPTY, Errno::EXIST]) => new_name.push(b'x'),
                // Whoever is not root moves only what it may write to.
                Err(error) if is(&error, &[Errno::ACCESS]) && stat.st_mode & 0o700 != 0o700 => {
                    self.disk.let_in(&at, name)?;
                    return self.disk.rename(&at, name, &self.folder, &new_name);
                }
                renamed => return renamed,
            }
        }
    }

    /// Removes all that was thrown away, and the trash, however deep the folders are. Nothing that takes
    /// room is done, so that it works on a full disk, too.
    pub fn empty(&self) -> io::Result<()> {
        let mut path: Vec<Vec<u8>> = Vec::new();
        let mut at = self.folder.try_clone()?;
        loop {
            if let Some(inner) = self.remove_files(&at)? {
                at = self.enter(&at, &inner)?;
                path.push(inner);
                continue;
            }
            let Some(name) = path.pop() else { break };
            // Nobody else moves folders in here.
            at = disk::open_folder(&at, b"..")?;
            self.disk.remove_folder(&at, &name)?;
        }
        self.disk.remove_folder(&self.parent, NAME)
    }

    /// Removes the files of a folder. Gives the first folder in it: that one comes first.
    fn remove_files(&self, folder: &OwnedFd) -> io::Result<Option<Vec<u8>>> {
        let mut inner = None;
        while inner.is_none()
            && each(folder, &mut |name| {
                if disk::is_folder(folder, name)? == Some(true) {
                    inner = Some(name.to_vec());
                } else {
                    self.disk.unlink(folder, name)?;
                }
                Ok(inner.is_none())
            })?
        {}
        Ok(inner)
    }

    fn enter(&self, at: &OwnedFd, name: &[u8]) -> io::Result<OwnedFd> {
        if disk::stat(at, name)?.is_some_and(|stat| stat.st_mode & 0o700 != 0o700) {
            self.disk.let_in(at, name)?;
        }
        disk::open_folder(at, name)
    }
}

/// Calls something for each name in a folder, until it says that this is enough. Gives whether there was a name.
/// What is done to names meanwhile may hide others: whoever wants all of them calls it until there is none.
pub fn each(
    folder: impl AsFd,
    call: &mut dyn FnMut(&[u8]) -> io::Result<bool>,
) -> io::Result<bool> {
    let mut found = false;
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            found = true;
            if !call(name)? {
                break;
            }
        }
    }
    Ok(found)
}

fn is(error: &io::Error, numbers: &[Errno]) -> bool {
    numbers.iter().any(|number| error.raw_os_error() == Some(number.raw_os_error()))
}
