//! How much there is: a walk that reads no file.

use super::names::Names;
use super::place::size;
use super::{PackFailure, walk};
use crate::archive::Progress;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, open, statat};
use std::io;
use std::path::Path;

/// What an entry costs beside its content.
const ENTRY: u64 = 1024;
/// The walk itself gives an error there.
const DEEPEST: usize = 500;

/// How many bytes the tar stream of a claim will have, roughly: what cannot be read is passed over.
///
/// # Errors
/// The claim itself cannot be read, or it was asked to stop.
pub fn survey(claim: &Path, progress: &Progress) -> Result<u64, PackFailure> {
    let root = root(claim)?;
    let bytes = folder(root, 0, progress)?;
    progress.expect(bytes);
    Ok(bytes)
}

/// Opens the claim itself, which may be reached by a link.
///
/// # Errors
/// [`PackFailure::Claim`].
pub fn root(claim: &Path) -> Result<Dir, PackFailure> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    open(claim, flags, Mode::empty())
        .and_then(Dir::new)
        .map_err(|error| PackFailure::Claim(format!("{} cannot be read: {error}", claim.display())))
}

fn folder(mut folder_: Dir, depth: usize, progress: &Progress) -> io::Result<u64> {
    let mut bytes = 0_u64;
    while let Ok(Some(names)) = Names::read(&mut folder_) {
        progress.go_on()?;
        let here = folder_.fd()?;
        for name in names.iter() {
            let Ok(stat) = statat(here, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            let kind = FileType::from_raw_mode(stat.st_mode);
            if depth == 0 && walk::is_left_out(name, kind) {
                continue;
            }
            bytes = bytes.saturating_add(ENTRY + stored(&stat, kind));
            if kind == FileType::Directory && depth < DEEPEST {
                let Ok(inner) = walk::open(here, name) else { continue };
                bytes = bytes.saturating_add(folder(inner, depth + 1, progress)?);
            }
        }
    }
    Ok(bytes)
}

fn stored(stat: &Stat, kind: FileType) -> u64 {
    let on_disk = u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(512);
    if kind == FileType::RegularFile { size(stat).min(on_disk) } else { 0 }
}
