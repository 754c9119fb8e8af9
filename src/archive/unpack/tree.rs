//! Entries → files in a folder, and nowhere else: each name is walked from the folder on, and no step
//! follows a link.

use super::attributes::Attributes;
use super::disk::{self, Disk};
use super::failure::{Doing, UnpackFailure, shown};
use super::folders::Notes;
use super::names::{folder_and_name, parts};
use super::owners::Owners;
use super::small::{self, Made, Writer};
use super::tar::Entry;
use super::walk;
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::io;

/// The folder that an archive is unpacked into.
pub struct Tree<'a> {
    disk: &'a Disk,
    root: OwnedFd,
    /// The folder of the newest entry: most often the next one's, too.
    newest: (Vec<u8>, OwnedFd),
    notes: Notes<'a>,
    small: Writer<'a>,
    pub owners: Owners,
}

/// A file whose data is being written.
pub struct Writing {
    pub file: OwnedFd,
    /// Whatever is known of its first bytes.
    pub first: [u8; 16],
}

impl<'a> Tree<'a> {
    pub fn new(
        disk: &'a Disk,
        root: OwnedFd,
        notes: Notes<'a>,
        small: Writer<'a>,
    ) -> Result<Self, UnpackFailure> {
        let newest = (Vec::new(), root.try_clone().doing("open", b".")?);
        Ok(Self { disk, root, newest, notes, small, owners: Owners::default() })
    }

    /// Room on the disk and size of the disk, in bytes. No size where it has no limit.
    pub fn room(&self) -> Result<(u64, Option<u64>), UnpackFailure> {
        let is = rustix::fs::fstatvfs(&self.root).doing("ask for the room of", b".")?;
        let size = is.f_blocks.saturating_mul(is.f_frsize);
        Ok((is.f_bavail.saturating_mul(is.f_frsize), (size > 0).then_some(size)))
    }

    /// Makes a folder. One that is there is the same one.
    pub fn folder(&mut self, name: &[u8], entry: &Entry) -> Result<(), UnpackFailure> {
        if !name.is_empty() {
            let (folder, last) = folder_and_name(name);
            let disk = self.disk;
            let at = self.open(folder)?;
            match disk.make_folder(at, last, 0o700) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if disk::is_folder(at, last).doing("look at", name)? != Some(true) {
                        return Err(twice(name));
                    }
                }
                made => made.doing("make folder", name)?,
            }
        }
        self.notes.add(name, attributes(entry))
    }

    /// Makes an empty file.
    pub fn begin(&mut self, name: &[u8], entry: &Entry) -> Result<Writing, UnpackFailure> {
        let disk = self.disk;
        let mode = entry.mode & 0o777;
        let file = self.make(name, "make file", |at, last| disk.create(at, last, mode))?;
        Ok(Writing { file, first: [0; 16] })
    }

    /// Writes a part of a file.
    pub fn write(
        &self,
        writing: &mut Writing,
        name: &[u8],
        bytes: &[u8],
        offset: u64,
    ) -> Result<(), UnpackFailure> {
        if let Some(first) = usize::try_from(offset).ok().and_then(|at| writing.first.get_mut(at..))
        {
            let known = first.len().min(bytes.len());
            first[..known].copy_from_slice(&bytes[..known]);
        }
        self.disk.write(&writing.file, bytes, offset).doing("write file", name)
    }

    /// Gives a file all that its entry says.
    pub fn end(
        &mut self,
        writing: &Writing,
        name: &[u8],
        entry: &Entry,
    ) -> Result<(), UnpackFailure> {
        let file = &writing.file;
        if entry.regions.is_some() {
            self.disk.set_size(file, entry.size).doing("set size of", name)?;
        }
        small::finish(self.disk, file, name, attributes(entry), &mut self.owners)
    }

    /// Makes a small file, which is written while others are made.
    pub fn small_file(
        &mut self,
        name: &[u8],
        entry: &Entry,
        bytes: Vec<u8>,
    ) -> Result<(), UnpackFailure> {
        let file = self.begin(name, entry)?.file;
        let attributes = attributes(entry);
        self.small.write(Made { file, name: name.to_vec(), bytes, attributes })
    }

    /// Makes a symbolic link. Wherever it points to, nothing here follows it.
    pub fn symbolic_link(&mut self, name: &[u8], entry: &Entry) -> Result<(), UnpackFailure> {
        let disk = self.disk;
        self.make(name, "make link", |at, last| disk.link_symbolically(&entry.link, at, last))?;
        let (folder, last) = folder_and_name(name);
        let at = self.open(folder)?;
        let given = disk.set_owner_of_link(at, last, entry.uid, entry.gid);
        let timed = disk.set_time_of_link(at, last, entry.mtime);
        self.owners.refused(given, name).doing("set owner of", name)?;
        timed.doing("set time of", name)
    }

    /// Makes one more name of a file that is in the folder already.
    pub fn hard_link(&mut self, name: &[u8], target: &[u8]) -> Result<(), UnpackFailure> {
        let missing = || {
            let (name, target) = (shown(name), shown(target));
            UnpackFailure::Archive(format!("{name} is a link to {target}, which is no file of it"))
        };
        if name == target {
            return Err(missing());
        }
        let (folder, last) = folder_and_name(target);
        let from = walk::open(&self.root, parts(folder)).map_err(|_| missing())?;
        if disk::is_folder(&from, last).doing("look at", target)? != Some(false) {
            return Err(missing());
        }
        let disk = self.disk;
        self.make(name, "make link", |at, new| disk.link(&from, last, at, new))
    }

    /// The end: all files are written, and what was noted.
    pub fn finish(&mut self) -> Result<(), UnpackFailure> {
        self.owners.add(self.small.end()?);
        self.notes.flush()
    }

    /// Makes something in its folder, in place of what an entry before this one has made there.
    fn make<T>(
        &mut self,
        name: &[u8],
        doing: &str,
        make: impl Fn(rustix::fd::BorrowedFd, &[u8]) -> io::Result<T>,
    ) -> Result<T, UnpackFailure> {
        let (folder, last) = folder_and_name(name);
        if last.is_empty() {
            return Err(UnpackFailure::Archive("its root is no folder".to_owned()));
        }
        let disk = self.disk;
        let at = self.open(folder)?;
        match make(at, last) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if disk::is_folder(at, last).doing("look at", name)? == Some(true) {
                    return Err(twice(name));
                }
                disk.unlink(at, last).doing("replace", name)?;
                make(at, last).doing(doing, name)
            }
            made => made.doing(doing, name),
        }
    }

    /// The folder of an entry. Where the archive has not named it, it is made.
    fn open(&mut self, folder: &[u8]) -> Result<rustix::fd::BorrowedFd<'_>, UnpackFailure> {
        if self.newest.0 != folder {
            let mut at = self.root.try_clone().doing("open", b".")?;
            for part in parts(folder) {
                at = self.step(&at, part, folder)?;
            }
            self.newest = (folder.to_vec(), at);
        }
        Ok(self.newest.1.as_fd())
    }

    fn step(&self, at: &OwnedFd, part: &[u8], folder: &[u8]) -> Result<OwnedFd, UnpackFailure> {
        let opened = disk::open_folder(at, part);
        let error = match opened {
            Ok(opened) => return Ok(opened),
            Err(error) => error,
        };
        if error.kind() == io::ErrorKind::NotFound {
            self.disk.make_folder(at, part, 0o755).doing("make folder", folder)?;
            return disk::open_folder(at, part).doing("open folder", folder);
        }
        let no_folder = [Errno::NOTDIR, Errno::LOOP].map(Errno::raw_os_error);
        if error.raw_os_error().is_some_and(|number| no_folder.contains(&number)) {
            let (folder, part) = (shown(folder), shown(part));
            let why = format!("a name goes through {folder}, of which {part} is no folder");
            return Err(UnpackFailure::Archive(why));
        }
        Err(error).doing("open folder", folder)
    }
}

fn attributes(entry: &Entry) -> Attributes {
    let &Entry { mode, uid, gid, mtime, .. } = entry;
    Attributes { mode, uid, gid, mtime }
}

fn twice(name: &[u8]) -> UnpackFailure {
    UnpackFailure::Archive(format!("it has {} as a folder and as something else", shown(name)))
}
