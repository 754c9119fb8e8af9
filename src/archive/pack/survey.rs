//! How much there is: a walk that reads no file.

use super::names::Names;
use super::place::size;
use super::walk;
use crate::archive::Progress;
use rustix::fs::{AtFlags, Dir, FileType, Stat, statat};
use std::io;
use std::path::Path;

/// What an entry costs beside its content.
const ENTRY: u64 = 1024;
/// The walk itself gives an error there.
const DEEPEST: usize = 500;

/// How many bytes the tar stream of a claim will have, roughly: what cannot be read is passed over.
pub fn survey(claim: &Path, progress: &Progress) -> io::Result<u64> {
    let root = rustix::fs::open(claim, super::ROOT, rustix::fs::Mode::empty())?;
    let bytes = folder(Dir::new(root)?, 0, progress)?;
    progress.expect(bytes);
    Ok(bytes)
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
