//! An archive → files in a folder, checked to the last byte.

use super::failure::{UnpackFailure, shown};
use super::names::plain;
use super::small::SMALL;
use super::tar::{Entry, EntryReader, EntryType, Region};
use super::tree::{Tree, Writing};
use crate::archive::Progress;
use crate::archive::hidden::RESTORE_FOLDER;
use crate::archive::manifest::{self, Manifest};
use crate::archive::sqlite::MAGIC;
use std::io;

/// A folder that the file system has for itself.
pub const LOST_AND_FOUND: &[u8] = b"lost+found";

/// Most bytes of the entry that says what an archive is.
const LARGEST_MANIFEST: u64 = 8 << 20;

/// For a smaller file the disk is not asked beforehand whether there is room.
const LARGE: u64 = 1 << 20;

/// Block of the file systems that claims are on.
const ROUNDED: u64 = 4096;

/// What was found in an archive.
#[derive(Debug, Default)]
pub struct Contents {
    /// Entries of any kind.
    pub files: u64,
    pub databases: u64,
    /// Bytes on a disk.
    pub room: u64,
    pub warnings: Vec<String>,
    /// None for an archive of another program.
    pub manifest: Option<Manifest>,
}

impl Contents {
    /// Puts all entries into the folder. When this has succeeded, the archive is whole.
    pub fn fill(
        &mut self,
        entries: &mut EntryReader,
        tree: &mut Tree,
        progress: &Progress,
    ) -> Result<(), UnpackFailure> {
        while let Some(entry) = entries.next()? {
            progress.go_on().map_err(UnpackFailure::Read)?;
            progress.add_file();
            if let Some(name) = self.wanted(&entry, entries)? {
                self.count(&entry);
                self.put(&name, &entry, entries, tree)?;
            }
        }
        tree.finish()?;
        self.warnings.extend(tree.owners.warning());
        Ok(())
    }

    /// Reads the rest, to see whether it is whole and how much room all of it needs.
    pub fn measure(
        &mut self,
        entries: &mut EntryReader,
        progress: &Progress,
    ) -> Result<(), UnpackFailure> {
        while let Some(entry) = entries.next()? {
            progress.go_on().map_err(UnpackFailure::Read)?;
            progress.add_file();
            if self.wanted(&entry, entries)?.is_some() {
                self.count(&entry);
            }
        }
        Ok(())
    }

    /// The plain name of an entry. None where it is not to be restored.
    fn wanted(
        &mut self,
        entry: &Entry,
        entries: &mut EntryReader,
    ) -> Result<Option<Vec<u8>>, UnpackFailure> {
        if entry.kind == EntryType::Label {
            return Ok(None);
        }
        if self.manifest.is_some() {
            return refuse(entry, "stands behind the entry that ends an archive");
        }
        if entry.name == manifest::NAME.as_bytes() {
            self.check(entry, entries)?;
            return Ok(None);
        }
        self.files += 1;
        let name = plain(&entry.name)?;
        let first = name.split(|byte| *byte == b'/').next().unwrap_or_default();
        if first == RESTORE_FOLDER.as_bytes() {
            if first.len() == name.len() && entry.kind != EntryType::Folder {
                return refuse(entry, "has the name of the folder that restores work in");
            }
            self.warn("files of an unfinished restore were left out: the backup may be a mixture");
            return Ok(None);
        }
        match entry.kind {
            EntryType::Device => return refuse(entry, "is a device"),
            EntryType::Pipe => {
                let name = shown(&name);
                self.warn(&format!("{name} was left out: it is a named pipe"));
                return Ok(None);
            }
            _ => {}
        }
        // One that GNU tar has unpacked is a file like others, and is as wrong on this claim.
        Ok((first != LOST_AND_FOUND && name != manifest::NAME.as_bytes()).then_some(name))
    }

    fn check(&mut self, entry: &Entry, entries: &mut EntryReader) -> Result<(), UnpackFailure> {
        let damaged = |why: &str| UnpackFailure::Archive(format!("{}: {why}", manifest::NAME));
        if entry.kind != EntryType::File || entry.data > LARGEST_MANIFEST || entry.regions.is_some()
        {
            return Err(damaged("it is no file, or too large"));
        }
        let text = entries.whole_data()?;
        let read: Manifest =
            serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))?;
        if read.version > manifest::VERSION {
            return Err(damaged("a later version has made it, and can restore it"));
        }
        if read.sha256 != entries.digest_before() {
            return Err(damaged("what stands before it is not what was backed up"));
        }
        if read.files != self.files {
            return Err(damaged("entries are missing"));
        }
        if read.unread > 0 {
            let unread = read.unread;
            self.warn(&format!(
                "{unread} files are not in it, or not whole: they could not be read"
            ));
        }
        if let Some(doubtful) = read.doubtful.first() {
            let (name, count) = (doubtful.as_ref().display(), read.doubtful.len());
            self.warn(&format!(
                "{count} databases, {name} the first, could not be copied consistently and may not open"
            ));
        }
        self.manifest = Some(read);
        Ok(())
    }

    fn put(
        &mut self,
        name: &[u8],
        entry: &Entry,
        entries: &mut EntryReader,
        tree: &mut Tree,
    ) -> Result<(), UnpackFailure> {
        match entry.kind {
            EntryType::Folder => tree.folder(name, entry),
            EntryType::SymbolicLink => tree.symbolic_link(name, entry),
            EntryType::HardLink => tree.hard_link(name, &plain(&entry.link)?),
            _ => self.file(name, entry, entries, tree),
        }
    }

    fn file(
        &mut self,
        name: &[u8],
        entry: &Entry,
        entries: &mut EntryReader,
        tree: &mut Tree,
    ) -> Result<(), UnpackFailure> {
        if entry.regions.is_none() && entry.data <= SMALL {
            return self.small_file(name, entry, entries, tree);
        }
        fits(name, entry, tree)?;
        let mut writing = tree.begin(name, entry)?;
        let whole = [Region { offset: 0, length: entry.data }];
        for region in entry.regions.as_deref().unwrap_or(&whole) {
            write(*region, name, &mut writing, entries, tree)?;
        }
        tree.end(&writing, name, entry)?;
        self.databases += u64::from(&writing.first == MAGIC);
        Ok(())
    }

    fn small_file(
        &mut self,
        name: &[u8],
        entry: &Entry,
        entries: &mut EntryReader,
        tree: &mut Tree,
    ) -> Result<(), UnpackFailure> {
        let bytes = entries.whole_data()?;
        self.databases += u64::from(bytes.starts_with(MAGIC));
        tree.small_file(name, entry, bytes)
    }

    fn count(&mut self, entry: &Entry) {
        let room = match entry.kind {
            EntryType::File => entry.data.saturating_add(ROUNDED - 1) / ROUNDED * ROUNDED,
            EntryType::Folder => ROUNDED,
            _ => 0,
        };
        self.room = self.room.saturating_add(room);
    }

    /// The same is said once, and of a thousand things a few.
    fn warn(&mut self, warning: &str) {
        const MOST: usize = 20;
        if self.warnings.len() < MOST && !self.warnings.iter().any(|said| said == warning) {
            self.warnings.push(warning.to_owned());
        }
    }
}

fn fits(name: &[u8], entry: &Entry, tree: &Tree) -> Result<(), UnpackFailure> {
    if entry.data < LARGE && entry.size < LARGE {
        return Ok(());
    }
    let (room, size) = tree.room()?;
    if entry.regions.is_some() && size.is_some_and(|size| entry.size > size) {
        return refuse(entry, "is larger than the claim, holes and all");
    }
    if entry.data > room {
        let doing = format!("cannot write {}", shown(name));
        return Err(UnpackFailure::Disk { doing, error: io::ErrorKind::StorageFull.into() });
    }
    Ok(())
}

fn write(
    region: Region,
    name: &[u8],
    writing: &mut Writing,
    entries: &mut EntryReader,
    tree: &Tree,
) -> Result<(), UnpackFailure> {
    let mut offset = region.offset;
    entries.data(region.length, |piece| {
        tree.write(writing, name, piece, offset)?;
        offset += piece.len() as u64;
        Ok(())
    })
}

fn refuse<T>(entry: &Entry, why: &str) -> Result<T, UnpackFailure> {
    Err(UnpackFailure::Archive(format!("{} {why}", shown(&entry.name))))
}
