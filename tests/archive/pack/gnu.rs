//! GNU tar, with which people look into archives. For what is zipped it would call gzip, which is not on every machine.

use crate::folder::Folder;
use crate::made::zip;
use flate2::read::MultiGzDecoder;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// Unpacks an archive as root would, or as the user of the test.
pub fn unpack(archive: &[u8]) -> Folder {
    let folder = Folder::new();
    unpack_into(archive, &folder);
    folder
}

/// The same, into a folder that is there.
pub fn unpack_into(archive: &[u8], folder: &Path) {
    let file = folder.with_extension("tar");
    let unzipped = File::create(&file)
        .and_then(|mut file| io::copy(&mut MultiGzDecoder::new(archive), &mut file));
    unzipped.expect("an archive");
    let mut tar = Command::new("tar");
    tar.args(["--warning=no-timestamp", "-xpf"]).arg(&file).arg("-C").arg(folder);
    let done = tar.output();
    fs::remove_file(&file).expect("the archive was there");
    good(done.expect("GNU tar"), "tar");
}

/// Packs a folder as people do it without us. Whatever happens meanwhile is no error.
pub fn pack(claim: &Path, to: &Path) {
    let done = Command::new("tar").args(["-cf", "-", "-C"]).arg(claim).arg(".").output();
    fs::write(to, zip(&done.expect("GNU tar").stdout)).expect("an archive");
}

fn good(output: Output, program: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{program}: {said}");
}
