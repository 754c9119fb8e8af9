//! Modes, owners and times of folders. They are set when all is in its place: whatever is put into a
//! folder changes its time, and some modes would let nothing in. There may be many: they wait in a file.

use super::attributes::Attributes;
use super::disk::Disk;
use super::failure::{Doing, UnpackFailure};
use super::names::parts;
use super::owners::Owners;
use super::walk::open;
use rustix::fd::{AsFd, OwnedFd};
use std::io;

/// Numbers that stand behind each name: the attributes and the length of the name.
const TRAILER: usize = 28;
const BUFFER: usize = 64 << 10;

/// Notes folders in a file.
pub struct Notes<'a> {
    disk: &'a Disk,
    file: OwnedFd,
    written: u64,
    buffer: Vec<u8>,
}

impl<'a> Notes<'a> {
    pub fn new(disk: &'a Disk, file: OwnedFd) -> Self {
        Self { disk, file, written: 0, buffer: Vec::new() }
    }

    /// Notes one folder by its plain name.
    pub fn add(&mut self, name: &[u8], attributes: Attributes) -> Result<(), UnpackFailure> {
        let Attributes { mode, uid, gid, mtime } = attributes;
        // Plain names are short.
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        self.buffer.extend_from_slice(name);
        for number in [mode, uid, gid, mtime.1, length] {
            self.buffer.extend(number.to_le_bytes());
        }
        self.buffer.extend(mtime.0.to_le_bytes());
        if self.buffer.len() < BUFFER { Ok(()) } else { self.flush() }
    }

    /// Writes what is left.
    pub fn flush(&mut self) -> Result<(), UnpackFailure> {
        self.disk.write(&self.file, &self.buffer, self.written).doing("write", b"folders")?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

/// Sets what was noted, the last folder first: what is in a folder comes before it. May be done again.
pub fn apply(
    disk: &Disk,
    file: impl AsFd,
    root: impl AsFd,
    owners: &mut Owners,
) -> Result<(), UnpackFailure> {
    let size = rustix::fs::fstat(&file).doing("read", b"folders")?.st_size;
    let mut end = u64::try_from(size).unwrap_or_default();
    while end > 0 {
        let (name, attributes, begin) = read_before(&file, end).doing("read", b"folders")?;
        set(disk, root.as_fd(), &name, attributes, owners).doing("set mode and time of", &name)?;
        end = begin;
    }
    Ok(())
}

fn read_before(file: impl AsFd, end: u64) -> io::Result<(Vec<u8>, Attributes, u64)> {
    let cut = || io::Error::from(io::ErrorKind::InvalidData);
    let begin = end.checked_sub(TRAILER as u64).ok_or_else(cut)?;
    let mut trailer = [0; TRAILER];
    read_at(&file, &mut trailer, begin)?;
    let number = |at: usize| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&trailer[at..at + 4]);
        u32::from_le_bytes(bytes)
    };
    let mut seconds = [0; 8];
    seconds.copy_from_slice(&trailer[20..]);
    let attributes = Attributes {
        mode: number(0),
        uid: number(4),
        gid: number(8),
        mtime: (i64::from_le_bytes(seconds), number(12)),
    };
    let begin = begin.checked_sub(number(16).into()).ok_or_else(cut)?;
    let mut name = vec![0; usize::try_from(number(16)).map_err(|_| cut())?];
    read_at(&file, &mut name, begin)?;
    Ok((name, attributes, begin))
}

fn read_at(file: impl AsFd, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = rustix::io::pread(&file, &mut *buffer, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        offset += read as u64;
    }
    Ok(())
}

fn set(
    disk: &Disk,
    root: impl AsFd,
    name: &[u8],
    attributes: Attributes,
    owners: &mut Owners,
) -> io::Result<()> {
    let folder = match open(root, parts(name)) {
        // A run before this one came further: it has set what does not let this one in.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
        folder => folder?,
    };
    let is = rustix::fs::fstat(&folder)?;
    let mode = owners.give(disk, &folder, &is, attributes, name)?;
    match disk.set_mode(&folder, mode).and_then(|()| disk.set_time(&folder, attributes.mtime)) {
        // It was there before and is somebody else's, as the root of a claim mostly is: it stays as it is.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}
