//! The walk over the claim.

use super::database::Databases;
use super::header::EntryKind;
use super::names::Names;
use super::place::Place;
use super::{LEFT_OUT, Packing, owned};
use crate::archive::LONGEST_NAME;
use rustix::fd::BorrowedFd;
use rustix::fs::{Dir, FileType, Mode, OFlags, Stat, fstat, openat, readlinkat};
use rustix::io::Errno;
use std::io::{self, Write};

/// Each folder above an entry holds a descriptor; a process has 1024 at least.
const DEEPEST: usize = 500;

impl<W: Write + Send + 'static> Packing<'_, W> {
    /// Stores all that is in a folder.
    pub fn folder(&mut self, mut folder: Dir, path: &[u8], depth: usize) -> io::Result<()> {
        let mut databases = Databases::new();
        loop {
            let names = match Names::read(&mut folder) {
                Ok(Some(names)) => names,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.report.unread(path, error);
                    return Ok(());
                }
            };
            let Ok(here) = folder.fd() else { return Ok(()) };
            for name in names.iter() {
                let path = join(path, name);
                let place = Place { folder: here, name, path: &path };
                self.entry(place, depth, &mut databases)?;
            }
        }
    }

    fn entry(&mut self, place: Place, depth: usize, databases: &mut Databases) -> io::Result<()> {
        let stat = match place.stat() {
            Ok(stat) => stat,
            Err(Errno::NOENT) => {
                self.report.vanished(place.path);
                return Ok(());
            }
            Err(error) => {
                self.report.unread(place.path, error);
                return Ok(());
            }
        };
        if place.path.len() > LONGEST_NAME {
            self.report.unread(place.path, "its path is too long to be restored");
            return Ok(());
        }
        let kind = FileType::from_raw_mode(stat.st_mode);
        if depth == 0 && is_left_out(place.name, kind) {
            return Ok(());
        }
        if kind == FileType::Directory {
            return self.subfolder(place, &stat, depth);
        }
        if let Some(first) = self.links.stored(&stat) {
            return self.stream.begin(place.path, &EntryKind::HardLink(&first), owned(&stat));
        }
        match kind {
            FileType::RegularFile => self.file(place, databases),
            FileType::Symlink => self.symbolic_link(place, &stat),
            _ => {
                self.report.warn(place.path, format_args!("{} is left out", called(kind)));
                Ok(())
            }
        }
    }

    fn subfolder(&mut self, place: Place, stat: &Stat, depth: usize) -> io::Result<()> {
        if depth >= DEEPEST {
            let why = format_args!("it lies deeper than {DEEPEST} folders");
            self.report.unread(place.path, why);
            return Ok(());
        }
        let opened =
            open(place.folder, place.name).and_then(|folder| Ok((fstat(folder.fd()?)?, folder)));
        match opened {
            Ok((stat, folder)) => {
                self.stream.begin(place.path, &EntryKind::Folder, owned(&stat))?;
                self.folder(folder, place.path, depth + 1)
            }
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {
                self.report.vanished(place.path);
                Ok(())
            }
            Err(error) => {
                self.report.unread(place.path, error);
                self.stream.begin(place.path, &EntryKind::Folder, owned(stat))
            }
        }
    }

    fn symbolic_link(&mut self, place: Place, stat: &Stat) -> io::Result<()> {
        match readlinkat(place.folder, place.name, Vec::new()) {
            Ok(target) => {
                self.links.store(stat, place.path);
                let form = EntryKind::SymbolicLink(target.as_bytes());
                self.stream.begin(place.path, &form, owned(stat))
            }
            Err(Errno::NOENT | Errno::INVAL) => {
                self.report.vanished(place.path);
                Ok(())
            }
            Err(error) => {
                self.report.unread(place.path, error);
                Ok(())
            }
        }
    }
}

/// Opens a folder, and no link to one.
pub fn open(folder: BorrowedFd, name: &[u8]) -> Result<Dir, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, name, flags, Mode::empty()).and_then(Dir::new)
}

/// What lies at the root of a claim and is no data of the module's.
pub fn is_left_out(name: &[u8], kind: FileType) -> bool {
    LEFT_OUT.contains(&name) || (name == b"lost+found" && kind == FileType::Directory)
}

pub fn join(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() { name.to_vec() } else { [path, b"/", name].concat() }
}

fn called(kind: FileType) -> &'static str {
    match kind {
        FileType::Socket => "a socket",
        FileType::Fifo => "a pipe",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => "a thing of unknown kind",
    }
}
