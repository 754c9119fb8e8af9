//! Regular files.

use super::database::{self, Databases};
use super::header::{EntryKind, Owned};
use super::place::{Opened, Place, size};
use super::{Packing, owned, sparse};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{Stat, fstat};
use rustix::io::{Errno, pread};
use std::io::{self, Write};

impl<W: Write + Send + 'static> Packing<'_, W> {
    /// Stores a file, or a consistent copy where it is a database.
    pub fn file(&mut self, place: Place, databases: &mut Databases) -> io::Result<()> {
        if self.belongs_to_database(place, databases) {
            return Ok(());
        }
        match place.open() {
            Ok(None) => self.report.vanished(place.path),
            Err(error) => self.report.unread(place.path, error),
            Ok(Some(opened)) if database::is_database(&opened.head) => {
                // Closing it later would drop the lock that SQLite takes.
                drop(opened);
                databases.insert(place.name.into());
                return self.database(place);
            }
            Ok(Some(opened)) => return self.plain(place.path, opened),
        }
        Ok(())
    }

    /// Stores a file as it lies there.
    pub fn plain(&mut self, path: &[u8], opened: Opened) -> io::Result<()> {
        let Opened { file, stat, .. } = opened;
        self.content_of(path, file.as_fd(), size(&stat), owned(&stat))?;
        self.links.store(&stat, path);
        match fstat(&file) {
            Ok(now) if is_same(&stat, &now) => {}
            _ => self.report.warn(path, "it changed while it was read: stored as it was read"),
        }
        Ok(())
    }

    /// An entry with the content of a file, whatever happens to the file meanwhile.
    pub fn content_of(
        &mut self,
        path: &[u8],
        file: BorrowedFd,
        size: u64,
        owned: Owned,
    ) -> io::Result<()> {
        let Some(segments) = holes(file, size) else {
            self.stream.begin(path, &EntryKind::File(size), owned)?;
            self.part_of(path, file, 0, size)?;
            return self.stream.end(size);
        };
        self.stream.begin(path, &EntryKind::Sparse(size, &segments), owned)?;
        for segment in &segments {
            self.part_of(path, file, segment.offset, segment.length)?;
        }
        self.stream.end(segments.iter().map(|segment| segment.length).sum())
    }

    /// So many bytes; what is not there is zeros.
    fn part_of(
        &mut self,
        path: &[u8],
        file: BorrowedFd,
        mut offset: u64,
        mut left: u64,
    ) -> io::Result<()> {
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            match pread(file, &mut self.buffer[..most], offset) {
                Err(Errno::INTR) => {}
                Ok(read) if read > 0 => {
                    self.stream.content(&self.buffer[..read])?;
                    offset += read as u64;
                    left -= read as u64;
                }
                failed => {
                    if let Err(error) = failed {
                        self.report.unread(path, error);
                    }
                    return self.stream.zeros(left);
                }
            }
        }
        Ok(())
    }
}

/// The map of a sparse file. None where it has no holes, or its file system tells none.
fn holes(file: BorrowedFd, size: u64) -> Option<Vec<sparse::Segment>> {
    let stat = fstat(file).ok()?;
    let stored = u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(512);
    if stored >= size {
        return None;
    }
    let segments = sparse::segments(file, size).ok()?;
    let is_whole = segments == [sparse::Segment { offset: 0, length: size }];
    (!is_whole).then_some(segments)
}

fn is_same(before: &Stat, now: &Stat) -> bool {
    let marks = |stat: &Stat| (stat.st_size, stat.st_mtime, stat.st_mtime_nsec);
    marks(before) == marks(now)
}
