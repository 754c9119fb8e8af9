//! GNU tar, with which people look into archives.

use crate::folder::Folder;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Unpacks an archive as root would, or as the user of the test.
pub fn unpack(archive: &[u8]) -> Folder {
    let folder = Folder::new();
    let file = folder.with_extension("tar.gz");
    fs::write(&file, archive).expect("an archive");
    let mut tar = Command::new("tar");
    tar.args(["--warning=no-timestamp", "-xpzf"]).arg(&file).arg("-C").arg(&*folder);
    let done = tar.output();
    fs::remove_file(&file).expect("the archive was there");
    good(done.expect("GNU tar"), "tar");
    folder
}

/// Packs a folder as people do it without us. Whatever happens meanwhile is no error.
pub fn pack(claim: &Path, to: &Path) {
    let mut tar = Command::new("tar");
    tar.arg("-czf").arg(to).arg("-C").arg(claim).arg(".");
    tar.output().expect("GNU tar");
}

fn good(output: Output, program: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{program}: {said}");
}
