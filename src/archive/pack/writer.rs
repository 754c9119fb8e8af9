//! The stream of an archive: tar, its digest, gzip, and the digest of that.

use super::header::{self, BLOCK, EntryKind, Owned};
use crate::archive::Progress;
use crate::archive::beside::Beside;
use crate::archive::digesting::Digesting;
use crate::archive::manifest::{self, Manifest};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, BufWriter, Write};

/// The default of gzip.
const LEVEL: u32 = 6;
const BUFFER: usize = 64 << 10;

/// Takes one entry after the other.
pub struct ArchiveWriter<'a, W: Write + Send + 'static> {
    /// Compressing takes as long as all the rest.
    to: BufWriter<Digesting<Beside<GzEncoder<Digesting<W>>>>>,
    entries: u64,
    progress: &'a Progress,
}

/// An archive that is whole.
pub struct FinishedArchive<W> {
    pub to: W,
    /// Size of the archive.
    pub bytes: u64,
    /// Digest of the archive.
    pub sha256: String,
}

impl<'a, W: Write + Send + 'static> ArchiveWriter<'a, W> {
    pub fn new(to: W, progress: &'a Progress) -> io::Result<Self> {
        let compressing = GzEncoder::new(Digesting::new(to), Compression::new(LEVEL));
        let to = BufWriter::with_capacity(BUFFER, Digesting::new(Beside::new(compressing)?));
        Ok(Self { to, entries: 0, progress })
    }

    /// How many entries there are so far.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Begins an entry. Its content follows, and then its padding.
    pub fn begin(&mut self, name: &[u8], form: &EntryKind, owned: Owned) -> io::Result<()> {
        self.progress.go_on()?;
        self.progress.add_file();
        self.entries += 1;
        header::write(name, form, owned, &mut self.to)
    }

    pub fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.progress.go_on()?;
        self.progress.add_bytes(bytes.len() as u64);
        self.to.write_all(bytes)
    }

    /// Zeros in place of content that is not there.
    pub fn zeros(&mut self, count: u64) -> io::Result<()> {
        let zeros = [0; 4096];
        let mut left = count;
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(zeros.len()).min(zeros.len());
            self.content(&zeros[..now])?;
            left -= now as u64;
        }
        Ok(())
    }

    /// Ends an entry with a content of this size.
    pub fn end(&mut self, size: u64) -> io::Result<()> {
        header::write_padding(size, &mut self.to)
    }

    /// Ends the archive with what it is.
    pub fn finish(
        mut self,
        mut manifest: Manifest,
        owned: Owned,
    ) -> io::Result<FinishedArchive<W>> {
        self.to.flush()?;
        manifest.files = self.entries;
        manifest.sha256 = self.to.get_ref().sha256();
        let content = serde_json::to_vec(&manifest)?;
        let size = content.len() as u64;
        header::write(manifest::NAME.as_bytes(), &EntryKind::File(size), owned, &mut self.to)?;
        self.to.write_all(&content)?;
        self.end(size)?;
        self.to.write_all(&[0; 2 * BLOCK])?;
        let compressing = self.to.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut archive = compressing.into_inner().finish()?.finish()?;
        archive.flush()?;
        let (bytes, sha256) = (archive.bytes(), archive.sha256());
        Ok(FinishedArchive { to: archive.into_inner(), bytes, sha256 })
    }
}
