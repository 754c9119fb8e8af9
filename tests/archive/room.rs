//! A claim that is too small for both copies.

use super::folder::Folder;
use super::made::{Made, file};
use super::restored::restore;
use std::process::Command;

/// A file system of 4 MiB, which only root may mount.
pub struct Small(pub Folder);

impl Small {
    fn new() -> Option<Self> {
        let folder = Folder::new();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m,nr_inodes=100", "tmpfs"]).arg(folder.path());
        mount.output().ok().filter(|output| output.status.success()).map(|_| Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

pub fn small() -> Option<Small> {
    let small = Small::new();
    if small.is_none() {
        eprintln!("not tried: only root may mount a file system, and needs the program mount");
    }
    small
}

fn refused(claim: &Small, archive: &[u8]) -> String {
    claim.0.write("mine", vec![1; 1 << 20]);
    let before = claim.0.walk();
    let failure = restore(&claim.0, archive).expect_err("too little room");
    assert!(failure.is_permanent(), "{failure}");
    assert!(claim.0.walk() == before, "something was touched");
    failure.to_string()
}

fn noise(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect()
}

#[test]
fn what_is_missing_is_said() {
    let Some(claim) = small() else { return };
    let mut archive = Made::default();
    for part in 0..100 {
        archive = archive.entry(&file(&format!("part-{part}")), &noise(100_000));
    }
    // 100 files of 25 blocks are 9.8 MiB; a fiftieth and one more are for the file system.
    let message = refused(&claim, &archive.zipped());
    assert!(message.contains("needs 11 MiB, and 3 MiB are free"), "{message}");
    assert!(message.contains("8 MiB are missing: grow the claim to 12 MiB or more"), "{message}");
}

#[test]
fn a_large_file_is_not_begun() {
    let Some(claim) = small() else { return };
    let message = refused(&claim, &Made::default().entry(&file("large"), &noise(5 << 20)).zipped());
    assert!(message.contains("grow the claim"), "{message}");
}

#[test]
fn a_damaged_archive_is_damaged_also_where_it_does_not_fit() {
    let Some(claim) = small() else { return };
    let mut archive = Made::default().entry(&file("large"), &noise(5 << 20)).zipped();
    archive.truncate(archive.len() - 9);
    let message = refused(&claim, &archive);
    assert!(message.contains("it ends too early"), "{message}");
}

#[test]
fn too_many_files_are_no_lack_of_room() {
    let Some(claim) = small() else { return };
    let mut archive = Made::default();
    for part in 0..200 {
        archive = archive.entry(&file(&format!("part-{part}")), b"");
    }
    let message = refused(&claim, &archive.zipped());
    assert!(message.contains("the number of files"), "{message}");
}
