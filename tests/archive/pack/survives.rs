//! What an archive keeps. GNU tar unpacks it.

use super::gnu;
use super::tree::{stat, tree};
use super::{is_root, listed, packed};
use crate::folder::Folder;
use crate::restored::restore;
use flate2::read::MultiGzDecoder;
use rustix::fs::{AtFlags, CWD, Mode, Timespec, Timestamps, chmod, utimensat};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, chown, lchown, symlink};
use std::path::Path;

#[test]
fn gnu_tar_restores_everything_as_it_was() {
    let claim = Folder::new();
    furnish(&claim);
    let before = tree(&claim);
    let packed = packed(&claim);
    assert_eq!(packed.report.warnings, [""; 0]);
    let restored = gnu::unpack(&packed.to);
    fs::remove_file(restored.join(".eevee-backup.json")).expect("the last entry");
    set_time(&restored, 981_173_106);
    let after = tree(&restored);
    for (name, entry) in &before {
        assert_eq!(after.get(name), Some(entry), "{}", name.display());
    }
    assert_eq!(after.len(), before.len());
    assert_eq!(packed.files, before.len() as u64);
}

#[test]
fn our_own_restore_gives_the_same() {
    let claim = Folder::new();
    furnish(&claim);
    let restored = Folder::new();
    let outcome = restore(&restored, &packed(&claim).to).expect("a restore");
    assert_eq!(outcome.warnings, [""; 0]);
    let (mut before, after) = (tree(&claim), tree(restored.path()));
    // The restore itself has worked in the claim's own folder last.
    before.remove(Path::new(""));
    for (name, entry) in before {
        assert_eq!(after.get(&name), Some(&entry), "{}", name.display());
    }
}

/// A claim with one of everything.
fn furnish(claim: &Path) {
    let write = |name: &OsStr, content: &[u8]| {
        let path = claim.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, content).expect("a file");
    };
    write("empty".as_ref(), b"");
    write("one block".as_ref(), &[7; 512]);
    write("more\nlines".as_ref(), &vec![8; 70_000]);
    write("-rf".as_ref(), b"looks like an option");
    write(OsStr::from_bytes(b"not-utf8-\xff\xfe/\xc3\x28"), b"bytes");
    for length in [99, 100, 101, 255] {
        write("n".repeat(length).as_ref(), b"long");
    }
    let deep = format!("{}/{}", "f".repeat(200), "g".repeat(100));
    write(format!("{deep}/h").as_ref(), b"deep");
    fs::create_dir_all(claim.join("nothing/in/it")).expect("folders");
    fs::hard_link(claim.join("one block"), claim.join("two names")).expect("a link");
    fs::hard_link(claim.join(format!("{deep}/h")), claim.join("zz third")).expect("a link");
    symlink("one block", claim.join("link")).expect("a link");
    symlink("/nowhere/".repeat(30), claim.join("long link")).expect("a link");
    symlink(OsStr::from_bytes(b"\xff"), claim.join("dangling")).expect("a link");
    for (name, mode) in
        [("empty", 0o4755), ("-rf", 0o000), ("nothing", 0o1777), ("nothing/in", 0o500)]
    {
        chmod(claim.join(name), Mode::from_raw_mode(mode)).expect("a mode");
    }
    if is_root() {
        chown(claim.join("one block"), Some(1000), Some(1_000_660_000)).expect("an owner");
        chown(claim.join("nothing"), Some(65_534), Some(7)).expect("an owner");
        lchown(claim.join("link"), Some(12), Some(13)).expect("an owner");
        chown(claim, Some(1000), Some(1001)).expect("an owner");
    } else {
        chmod(claim.join("-rf"), Mode::from_raw_mode(0o400)).expect("a mode");
    }
    for (name, seconds) in [
        ("more\nlines", 1_000_000_000),
        ("link", 4_294_967_400),
        ("nothing", 86_400),
        ("empty", -5),
    ] {
        set_time(&claim.join(name), seconds);
    }
    set_time(claim, 981_173_106);
}

fn set_time(path: &Path, seconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: 123 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).expect("a time");
}

const GIB: u64 = 1 << 30;

#[test]
fn holes_stay_holes() {
    let claim = Folder::new();
    let parts = |name: &str, size: u64, parts: &[(u64, &[u8])]| {
        let file = File::create(claim.join(name)).expect("a file");
        file.set_len(size).expect("a size");
        for (offset, bytes) in parts {
            file.write_all_at(bytes, *offset).expect("written");
        }
    };
    parts("only a hole", 10 * GIB, &[]);
    parts("far", 12 * GIB, &[(0, b"begin"), (9 * GIB, b"middle"), (12 * GIB - 3, b"end")]);
    parts("hole at the end", 5 << 20, &[(4096, b"data")]);
    let many: Vec<(u64, &[u8])> = (0..70).map(|part| (part * 65_536, b"part".as_slice())).collect();
    parts("many", 70 * 65_536 + 5, &many);
    let packed = packed(&claim);
    assert!(packed.bytes < 100_000, "{}", packed.bytes);
    let restored = gnu::unpack(&packed.to);
    for name in ["only a hole", "far", "hole at the end", "many"] {
        let (before, after) = (stat(&claim.join(name)), stat(&restored.join(name)));
        assert_eq!(before.st_size, after.st_size, "{name}");
        assert!(after.st_blocks <= before.st_blocks, "{name}");
    }
    for name in ["hole at the end", "many"] {
        assert!(fs::read(claim.join(name)).ok() == fs::read(restored.join(name)).ok(), "{name}");
    }
    let far = File::open(restored.join("far")).expect("a file");
    for (offset, bytes) in [(0, "begin"), (9 * GIB, "middle"), (12 * GIB - 3, "end")] {
        let mut found = vec![0; bytes.len()];
        far.read_exact_at(&mut found, offset).expect("read");
        assert_eq!(String::from_utf8_lossy(&found), bytes);
    }
}

#[test]
fn the_last_entry_holds_the_digest_of_all_before_it() {
    let claim = Folder::new();
    fs::write(claim.join("a"), vec![1; 100_000]).expect("a file");
    let packed = packed(&claim);
    let (names, manifest) = listed(&packed.to);
    assert_eq!(names, ["./", "a"]);
    assert_eq!((manifest.version, manifest.files), (1, 2));
    let mut stream = Vec::new();
    MultiGzDecoder::new(packed.to.as_slice()).read_to_end(&mut stream).expect("gzip");
    let header = stream.windows(18).position(|window| window == b".eevee-backup.json");
    let before = &stream[..header.expect("its header")];
    assert_eq!(manifest.sha256, hex(before));
    assert_eq!(packed.sha256, hex(&packed.to));
    assert_eq!(packed.bytes, packed.to.len() as u64);
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
