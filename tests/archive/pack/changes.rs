//! Files that change while they are read.

use super::gnu;
use super::{Meanwhile, packed_to, random};
use crate::folder::Folder;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Too large for the buffers in between.
const LARGE: usize = 4 << 20;

/// Packs a claim with a large file, and another, and does something while the first is read.
fn while_it_is_read(act: impl FnOnce(&Path) + Send + 'static) -> (Vec<String>, Folder, Vec<u8>) {
    let claim = Folder::new();
    let content = random(LARGE);
    fs::write(claim.join("large"), &content).expect("a file");
    fs::create_dir(claim.join("near")).expect("a folder");
    fs::write(claim.join("near/other"), "other").expect("a file");
    let path = claim.to_path_buf();
    let meanwhile = Meanwhile(Vec::new(), Some(move || act(&path)));
    let packed = packed_to(&claim, meanwhile).expect("an archive");
    assert!(packed.to.1.is_none(), "it was done");
    (packed.report.warnings, gnu::unpack(&packed.to.0), content)
}

const CHANGED: &str = "large: it changed while it was read: stored as it was read";

#[test]
fn one_that_grows_is_cut() {
    let (warnings, restored, content) = while_it_is_read(|claim| {
        let mut file = OpenOptions::new().append(true).open(claim.join("large")).expect("a file");
        file.write_all(b"more").expect("written");
    });
    assert_eq!(warnings, [CHANGED]);
    assert!(fs::read(restored.join("large")).expect("a file") == content);
    assert_eq!(fs::read(restored.join("near/other")).expect("a file"), b"other");
}

#[test]
fn one_that_shrinks_is_filled_up_with_zeros() {
    let (warnings, restored, content) = while_it_is_read(|claim| {
        let file = File::options().write(true).open(claim.join("large")).expect("a file");
        file.set_len(3 << 20).expect("a size");
    });
    assert_eq!(warnings, [CHANGED]);
    let found = fs::read(restored.join("large")).expect("a file");
    assert!(found[..3 << 20] == content[..3 << 20]);
    assert!(found[3 << 20..] == vec![0; 1 << 20]);
}

#[test]
fn one_that_vanishes_later_is_told_of() {
    let (warnings, restored, content) = while_it_is_read(|claim| {
        fs::remove_file(claim.join("large")).expect("a file");
        fs::remove_dir_all(claim.join("near")).expect("a folder");
    });
    assert_eq!(warnings, ["near: it vanished before it was read"]);
    assert!(fs::read(restored.join("large")).expect("a file") == content);
}

#[test]
fn a_folder_that_becomes_a_link_leads_nowhere_else() {
    let elsewhere = Folder::new();
    fs::write(elsewhere.join("other"), "not the module's").expect("a file");
    let target = elsewhere.to_path_buf();
    let (_, restored, _) = while_it_is_read(move |claim| {
        fs::remove_dir_all(claim.join("near")).expect("a folder");
        symlink(target, claim.join("near")).expect("a link");
    });
    assert_eq!(fs::read_link(restored.join("near")).expect("a link"), *elsewhere);
}
