//! The data of a module → an archive: one walk, one stream, little memory.

mod database;
mod file;
mod header;
mod links;
mod names;
mod place;
mod report;
mod sparse;
mod survey;
mod unfinished;
mod walk;
mod writer;

pub use report::PackReport;
pub use survey::survey;

use super::hidden::RESTORE_FOLDER;
use super::manifest::{self, Manifest};
use super::progress::Progress;
use database::ScratchFolder;
use header::{EntryKind, Owned};
use links::Links;
use rustix::fs::{Stat, fstat};
use std::io::{self, Write};
use std::path::Path;
use writer::ArchiveWriter;

/// What is no data of the module's.
const LEFT_OUT: [&[u8]; 2] = [manifest::NAME.as_bytes(), RESTORE_FOLDER.as_bytes()];
/// So much of a file is read at once.
const BUFFER: usize = 128 << 10;

/// What is to be packed.
pub struct PackRequest<'a> {
    /// Where the claim is mounted.
    pub claim: &'a Path,
    /// A folder with room for one copy of a database.
    pub scratch: &'a Path,
    /// Whose data it is, and when: the rest is filled in.
    pub manifest: Manifest,
}

/// An archive was written to its end.
pub struct Packed<W> {
    /// What the archive was written to.
    pub to: W,
    /// Size of the archive.
    pub bytes: u64,
    /// Digest of the archive.
    pub sha256: String,
    /// Entries of any kind.
    pub files: u64,
    pub report: PackReport,
}

/// Why there is no archive.
#[derive(Debug)]
pub enum PackFailure {
    /// The claim cannot be backed up as it is, and no other try will do better.
    Claim(String),
    /// Where the archive goes there was an error, or it was asked to stop.
    Archive(io::Error),
}

impl From<io::Error> for PackFailure {
    fn from(error: io::Error) -> Self {
        Self::Archive(error)
    }
}

/// What is done while an archive is made.
struct Packing<'a, W: Write + Send + 'static> {
    stream: ArchiveWriter<'a, W>,
    report: PackReport,
    links: Links,
    scratch: ScratchFolder,
    buffer: Vec<u8>,
}

/// Writes an archive. Whatever cannot be read is reported, and the rest is stored all the same.
///
/// # Errors
/// [`PackFailure`], and what was written by then is no archive.
pub fn pack<W: Write + Send + 'static>(
    order: &PackRequest,
    to: W,
    progress: &Progress,
) -> Result<Packed<W>, PackFailure> {
    let (root, again) = (survey::root(order.claim)?, survey::root(order.claim)?);
    let here = again.fd().map_err(io::Error::from)?;
    unfinished::unfinished(here).map_or(Ok(()), |why| Err(PackFailure::Claim(why)))?;
    let of_root = owned(&fstat(here).map_err(io::Error::from)?);
    let mut packing = Packing {
        stream: ArchiveWriter::new(to, progress)?,
        report: PackReport::default(),
        links: Links::default(),
        scratch: ScratchFolder::new(order.scratch),
        buffer: vec![0; BUFFER],
    };
    packing.stream.begin(b".", &EntryKind::Folder, of_root)?;
    packing.folder(root, b"", 0)?;
    unfinished::unfinished(here).map_or(Ok(()), |why| Err(PackFailure::Claim(why)))?;
    packing.finish(order, of_root)
}

impl<W: Write + Send + 'static> Packing<'_, W> {
    fn finish(self, order: &PackRequest, of_root: Owned) -> Result<Packed<W>, PackFailure> {
        let Self { stream, report, .. } = self;
        let files = stream.entries();
        let manifest = Manifest {
            version: manifest::VERSION,
            databases: report.databases.clone(),
            doubtful: report.doubtful.clone(),
            missing: report.missing.clone(),
            unread: report.unread,
            ..order.manifest.clone()
        };
        let whole = stream.finish(manifest, Owned { mode: 0o600, ..of_root })?;
        Ok(Packed { to: whole.to, bytes: whole.bytes, sha256: whole.sha256, files, report })
    }
}

fn owned(stat: &Stat) -> Owned {
    #[allow(clippy::useless_conversion, reason = "a mode has 16 bits on other systems")]
    let mode = u32::from(stat.st_mode);
    Owned { mode: mode & 0o7777, user: stat.st_uid, group: stat.st_gid, modified: stat.st_mtime }
}
