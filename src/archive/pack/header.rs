//! The blocks that stand before the content of an entry, in GNU's format: it alone has names of any bytes and length,
//! numbers of any size, and sparse files, and GNU tar reads it everywhere.

use super::sparse::Segment;
use std::io::{self, Write};
use tar::{EntryType, GnuExtSparseHeader, GnuSparseHeader, Header};

pub const BLOCK: usize = 512;
/// So many bytes of a name fit into a header.
const SHORT: usize = 100;
const NAME_AT: usize = 0;
const TARGET_AT: usize = 157;
const TIME_AT: usize = 136;

/// What is archived under a name.
pub enum EntryKind<'a> {
    Folder,
    /// Followed by so many bytes.
    File(u64),
    /// A file of this size, of which only these segments follow.
    Sparse(u64, &'a [Segment]),
    SymbolicLink(&'a [u8]),
    HardLink(&'a [u8]),
}

/// Who may do what with an entry, and since when.
#[derive(Clone, Copy)]
pub struct Owned {
    pub mode: u32,
    pub user: u32,
    pub group: u32,
    /// Seconds since 1970, or before.
    pub modified: i64,
}

/// Writes the blocks of one entry.
pub fn write(name: &[u8], form: &EntryKind, owned: Owned, to: &mut impl Write) -> io::Result<()> {
    let mut name = name.to_vec();
    if matches!(form, EntryKind::Folder) {
        name.push(b'/');
    }
    let target = match form {
        EntryKind::SymbolicLink(target) | EntryKind::HardLink(target) => target,
        EntryKind::Folder | EntryKind::File(_) | EntryKind::Sparse(..) => [].as_slice(),
    };
    write_long(EntryType::GNULongLink, target, to)?;
    write_long(EntryType::GNULongName, &name, to)?;
    let mut header = Header::new_gnu();
    put(&mut header, NAME_AT, &name);
    put(&mut header, TARGET_AT, target);
    header.set_mode(owned.mode);
    header.set_uid(owned.user.into());
    header.set_gid(owned.group.into());
    set_time(&mut header, owned.modified);
    match form {
        EntryKind::Folder => finish(header, EntryType::Directory, 0, to),
        EntryKind::File(size) => finish(header, EntryType::Regular, *size, to),
        EntryKind::SymbolicLink(_) => finish(header, EntryType::Symlink, 0, to),
        EntryKind::HardLink(_) => finish(header, EntryType::Link, 0, to),
        EntryKind::Sparse(size, segments) => write_sparse(header, *size, segments, to),
    }
}

fn finish(mut header: Header, of: EntryType, size: u64, to: &mut impl Write) -> io::Result<()> {
    header.set_entry_type(of);
    header.set_size(size);
    header.set_cksum();
    to.write_all(header.as_bytes())
}

fn put(header: &mut Header, at: usize, bytes: &[u8]) {
    let fits = bytes.len().min(SHORT);
    header.as_mut_bytes()[at..at + fits].copy_from_slice(&bytes[..fits]);
}

/// A name that does not fit goes before, as the content of an entry of its own.
fn write_long(of: EntryType, name: &[u8], to: &mut impl Write) -> io::Result<()> {
    if name.len() <= SHORT {
        return Ok(());
    }
    let mut header = Header::new_gnu();
    put(&mut header, NAME_AT, b"././@LongLink");
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    // A zero ends it.
    let size = name.len() as u64 + 1;
    finish(header, of, size, to)?;
    to.write_all(name)?;
    to.write_all(&[0])?;
    write_padding(size, to)
}

/// Fills up the last block of a content of this size.
pub fn write_padding(size: u64, to: &mut impl Write) -> io::Result<()> {
    let missing = size.next_multiple_of(BLOCK as u64) - size;
    to.write_all(&[0; BLOCK][..usize::try_from(missing).unwrap_or(0)])
}

/// Times before 1970 are binary, as GNU tar writes them.
fn set_time(header: &mut Header, seconds: i64) {
    if let Ok(seconds) = u64::try_from(seconds) {
        return header.set_mtime(seconds);
    }
    let field = &mut header.as_mut_bytes()[TIME_AT..TIME_AT + 12];
    field.fill(0xff);
    field[4..].copy_from_slice(&seconds.to_be_bytes());
}

/// The first segments stand in the header, the rest in blocks of their own.
fn write_sparse(
    mut header: Header,
    size: u64,
    segments: &[Segment],
    to: &mut impl Write,
) -> io::Result<()> {
    let mut rest = segments;
    if let Some(gnu) = header.as_gnu_mut() {
        gnu.set_real_size(size);
        rest = put_segments(&mut gnu.sparse, rest);
        gnu.set_is_extended(!rest.is_empty());
    }
    let stored = segments.iter().map(|segment| segment.length).sum();
    finish(header, EntryType::GNUSparse, stored, to)?;
    while !rest.is_empty() {
        let mut block = GnuExtSparseHeader::new();
        rest = put_segments(&mut block.sparse, rest);
        block.set_is_extended(!rest.is_empty());
        to.write_all(block.as_bytes())?;
    }
    Ok(())
}

/// Gives those that have no room.
fn put_segments<'a>(room: &mut [GnuSparseHeader], segments: &'a [Segment]) -> &'a [Segment] {
    let (here, rest) = segments.split_at(segments.len().min(room.len()));
    for (field, segment) in room.iter_mut().zip(here) {
        field.set_offset(segment.offset);
        field.set_length(segment.length);
    }
    rest
}
