//! Archives of GNU tar, as the image before this program made them.

use super::folder::{Folder, Walk, names, walk};
use super::made::zip;
use super::restored::restore;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, lchown, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// A folder with whatever a claim may hold. Owners of others are there for root alone.
pub fn claim_of_a_module() -> Folder {
    let folder = Folder::new();
    let path = folder.path();
    folder.write("plain.txt", "hello");
    folder.write("empty", "");
    folder.write("deep/er/and/deeper/file", vec![7; 100_000]);
    fs::create_dir(path.join("nothing in it")).expect("a folder");
    fs::hard_link(path.join("plain.txt"), path.join("deep/same")).expect("a link");
    symlink("plain.txt", path.join("link")).expect("a link");
    symlink("/etc/passwd", path.join("out")).expect("a link");
    symlink("x".repeat(300), path.join("long target")).expect("a link");
    let long = format!("{}/{}/{}", "a".repeat(120), "b".repeat(120), "c".repeat(60));
    folder.write(&long, "long");
    folder.write(&"n".repeat(255), "name");
    fs::write(path.join(OsStr::from_bytes(b"not \xff\xfe utf-8\n")), "bytes").expect("a file");
    sparse(&path.join("holes"), &[(1 << 20, 4096), (2 << 20, 10), ((3 << 20) - 1, 1)]);
    let scattered: Vec<_> = (0..300).map(|part| (part * 16_384, 4096)).collect();
    sparse(&path.join("many holes"), &scattered);
    sparse(&path.join("a hole alone"), &[]);
    File::options()
        .write(true)
        .open(path.join("a hole alone"))
        .expect("it")
        .set_len(1 << 20)
        .expect("room");
    for (name, mode) in [
        ("plain.txt", 0o604),
        ("empty", 0o4755),
        ("deep/er", 0o2770),
        ("nothing in it", 0o1777),
        ("deep/er/and", 0o500),
    ] {
        fs::set_permissions(path.join(name), Permissions::from_mode(mode)).expect("a mode");
    }
    if is_root() {
        lchown(path.join("plain.txt"), Some(1234), Some(4321)).expect("an owner");
        fs::set_permissions(path.join("plain.txt"), Permissions::from_mode(0o604)).expect("a mode");
        lchown(path.join("link"), Some(70_000), Some(3_000_000)).expect("an owner");
        lchown(path.join("deep/er/and"), Some(3_000_000), Some(1)).expect("an owner");
    }
    for (name, seconds) in [
        ("empty", 86_400),
        ("deep/er/and", 1_000_000_000),
        ("holes", 4_000_000_000_u64),
        (".", 1_500_000_000),
    ] {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = File::open(path.join(name)).expect("it");
        file.set_times(FileTimes::new().set_modified(time)).expect("a time");
    }
    folder
}

fn sparse(path: &Path, parts: &[(u64, usize)]) {
    let file = File::create(path).expect("a file");
    for (offset, length) in parts {
        file.write_all_at(&vec![b'd'; *length], *offset).expect("a part");
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").expect("this process").uid() == 0
}

fn gnu_tar(folder: &Path, options: &[&str]) -> Vec<u8> {
    zip(&tarred(folder, options, &[".".into()]))
}

/// Not zipped: for that tar calls another program.
fn tarred(folder: &Path, options: &[&str], names: &[OsString]) -> Vec<u8> {
    let mut tar = Command::new("tar");
    tar.args(options).args(["-cf", "-", "-C"]).arg(folder).args(names);
    let output = tar.output().expect("GNU tar");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Of ustar, which has no room for them.
fn without_what_ustar_cannot(folder: &Folder) {
    for name in ["long target", "link"] {
        fs::remove_file(folder.path().join(name)).expect("it was there");
    }
    fs::remove_file(folder.path().join("n".repeat(255))).expect("it was there");
    fs::remove_dir_all(folder.path().join("a".repeat(120))).expect("it was there");
    if is_root() {
        lchown(folder.path().join("deep/er/and"), Some(30_000), Some(1)).expect("an owner");
    }
}

#[test]
fn whatever_the_format_the_same_comes_out() {
    let formats: [&[&str]; 10] = [
        &["--format=gnu"],
        &["--format=gnu", "--sparse"],
        &["--format=gnu", "--numeric-owner"],
        &["--format=posix"],
        &["--format=posix", "--sparse", "--sparse-version=0.0"],
        &["--format=posix", "--sparse", "--sparse-version=0.1"],
        &["--format=posix", "--sparse", "--sparse-version=1.0"],
        &["--format=oldgnu", "--sparse"],
        &["--format=ustar"],
        &["--format=v7"],
    ];
    for options in formats {
        let from = claim_of_a_module();
        if options.iter().any(|option| option.ends_with("ustar") || option.ends_with("v7")) {
            without_what_ustar_cannot(&from);
        }
        let archive = gnu_tar(from.path(), options);
        let to = Folder::new();
        let restored = restore(&to, &archive).unwrap_or_else(|why| panic!("{options:?}: {why}"));
        compare(&from.walk(), &to.walk(), options);
        assert_eq!(restored.warnings, Vec::<String>::new(), "{options:?}");
        assert_eq!(restored.files, from.walk().len() as u64, "{options:?}");
    }
}

#[test]
fn holes_stay_holes() {
    for format in ["--format=gnu", "--format=posix"] {
        let from = claim_of_a_module();
        let to = Folder::new();
        restore(&to, &gnu_tar(from.path(), &[format, "--sparse"])).expect("a restore");
        for name in ["holes", "many holes", "a hole alone"] {
            let blocks = |folder: &Folder| {
                fs::metadata(folder.path().join(name)).expect("the file").blocks()
            };
            assert!(blocks(&to) <= blocks(&from), "{format}: {name}");
        }
    }
}

/// Names in an archive stand as its maker gave them.
#[test]
fn names_may_begin_as_they_like() {
    let from = claim_of_a_module();
    let all: Vec<_> = fs::read_dir(from.path())
        .expect("it")
        .map(|entry| entry.expect("a name").file_name())
        .collect();
    let to = Folder::new();
    restore(&to, &zip(&tarred(from.path(), &[], &all))).expect("a restore");
    let (mut from, mut to) = (from.walk(), to.walk());
    from.remove(&b""[..]);
    to.remove(&b""[..]);
    compare(&from, &to, &[]);
}

/// `tar` appends; the last one of a name is the one that counts.
#[test]
fn of_two_entries_of_a_name_the_last_one_stays() {
    let from = Folder::new();
    from.write("a", "old");
    let archive = from.path().join("x.tar");
    let tar = |what: &str| {
        let status = Command::new("tar")
            .arg(what)
            .arg(&archive)
            .arg("-C")
            .arg(from.path())
            .arg("a")
            .status();
        assert!(status.expect("GNU tar").success());
    };
    tar("-cf");
    from.write("a", "newer");
    tar("-rf");
    let to = Folder::new();
    restore(&to, &super::made::zip(&fs::read(&archive).expect("it"))).expect("a restore");
    assert_eq!(fs::read(to.path().join("a")).expect("it"), b"newer");
}

/// gzip files may be put one after the other.
#[test]
fn an_archive_of_several_members_is_one() {
    let from = claim_of_a_module();
    let tar = tarred(from.path(), &[], &[".".into()]);
    let members: Vec<u8> = tar.chunks(70_000).flat_map(zip).collect();
    let to = Folder::new();
    restore(&to, &members).expect("a restore");
    compare(&from.walk(), &to.walk(), &["members"]);
}

pub fn compare(from: &Walk, to: &Walk, what: &[&str]) {
    assert_eq!(names(from), names(to), "{what:?}");
    for (name, seen) in from {
        assert_eq!(seen, &to[name], "{what:?}: {}", name.escape_ascii());
    }
}

#[test]
fn a_walk_sees_what_differs() {
    let (one, other) = (claim_of_a_module(), claim_of_a_module());
    fs::set_permissions(other.path().join("empty"), Permissions::from_mode(0o755)).expect("a mode");
    assert_ne!(walk(one.path())[&b"empty"[..]], walk(other.path())[&b"empty"[..]]);
}
