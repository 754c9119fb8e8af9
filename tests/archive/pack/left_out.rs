//! What is no data of the module's, and what cannot be archived.

use super::{Meanwhile, is_root, listed, packed, packed_to, random};
use crate::folder::Folder;
use eevee_operator::archive::Progress;
use eevee_operator::archive::manifest::Manifest;
use eevee_operator::archive::pack::{PackFailure, PackRequest, pack};
use rustix::fs::{CWD, FileType, Mode, OFlags, mkdirat, mknodat, openat, renameat};
use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

#[test]
fn what_is_ours_or_the_file_systems_is_left_out_at_the_root_alone() {
    let claim = Folder::new();
    for folder in ["lost+found", ".eevee-restore/data", "deep/lost+found", "deep/.eevee-restore"] {
        fs::create_dir_all(claim.join(folder)).expect("folders");
    }
    for file in [".eevee-backup.json", "deep/.eevee-backup.json", ".eevee-restore/data/a"] {
        fs::write(claim.join(file), "{}").expect("a file");
    }
    let packed = packed(&claim);
    let (names, _) = listed(&packed.to);
    let deep =
        ["./", "deep/", "deep/.eevee-backup.json", "deep/.eevee-restore/", "deep/lost+found/"];
    assert_eq!(names, deep);
    assert_eq!(packed.report.warnings, [""; 0]);
}

#[test]
fn sockets_pipes_and_devices_are_left_out_with_a_warning() {
    let claim = Folder::new();
    let _socket = UnixListener::bind(claim.join("socket")).expect("a socket");
    let node = |name: &str, kind| mknodat(CWD, claim.join(name), kind, Mode::RUSR, 0x0103);
    node("pipe", FileType::Fifo).expect("a pipe");
    let mut warnings = vec!["pipe: a pipe is left out", "socket: a socket is left out"];
    if is_root() {
        node("null", FileType::CharacterDevice).expect("a device");
        warnings.insert(0, "null: a device is left out");
    }
    let packed = packed(&claim);
    assert_eq!(packed.report.warnings, warnings);
    assert_eq!(packed.report.failure(), None);
    assert_eq!(listed(&packed.to).0, ["./"]);
}

#[test]
fn what_cannot_be_read_is_an_error_after_the_rest_is_stored() {
    let claim = Folder::new();
    fs::write(claim.join("z"), "stored").expect("a file");
    nest(&claim, "d", 600);
    let packed = packed(&claim);
    let failure = packed.report.failure().expect("it is no good backup");
    assert!(failure.contains("d/d/d: it lies deeper than 500 folders"), "{failure}");
    let (names, manifest) = listed(&packed.to);
    assert!(names.contains(&"z".to_owned()));
    assert_eq!((manifest.unread, manifest.missing.len()), (1, 1));
}

/// From the inside out: no path is so long.
#[test]
fn a_path_that_no_restore_would_take_is_named_and_not_stored() {
    let claim = Folder::new();
    nest(&claim, &"n".repeat(250), 40);
    let packed = packed(&claim);
    let failure = packed.report.failure().expect("it is no good backup");
    assert!(failure.contains("its path is too long to be restored"), "{failure}");
    let (names, manifest) = listed(&packed.to);
    assert!(names.iter().all(|name| name.len() <= 8 << 10), "{}", names.len());
    assert_eq!(manifest.unread, 1);
}

fn nest(claim: &Path, name: &str, depth: usize) {
    let root = openat(CWD, claim, OFlags::RDONLY, Mode::empty()).expect("a folder");
    let all = Mode::RWXU;
    mkdirat(&root, name, all).expect("a folder");
    for _ in 1..depth {
        mkdirat(&root, "outer", all).expect("a folder");
        let outer = openat(&root, "outer", OFlags::RDONLY, Mode::empty()).expect("a folder");
        renameat(&root, name, &outer, name).expect("moved");
        renameat(&root, "outer", &root, name).expect("moved");
    }
}

#[test]
fn an_unreadable_file_is_named() {
    let claim = Folder::new();
    fs::write(claim.join("secret"), "").expect("a file");
    fs::set_permissions(claim.join("secret"), std::os::unix::fs::PermissionsExt::from_mode(0o0))
        .expect("a mode");
    let packed = packed(&claim);
    let failure = packed.report.failure();
    if rustix::process::geteuid().is_root() {
        eprintln!("root reads every file");
        assert_eq!(failure, None);
    } else {
        assert!(failure.is_some_and(|failure| failure.contains("secret: Permission denied")));
    }
}

#[test]
fn a_claim_in_the_middle_of_a_restore_is_not_backed_up() {
    let claim = Folder::new();
    fs::create_dir(claim.join(".eevee-restore")).expect("a folder");
    let journal = claim.join(".eevee-restore/journal.json");
    for (text, reason) in [
        (r#"{"state":"moving","id":"a"}"#, "let it finish"),
        ("{", "nobody knows whether a restore has finished"),
    ] {
        fs::write(&journal, text).expect("a journal");
        let failed = packed_to(&claim, Vec::new()).err();
        let Some(PackFailure::Claim(why)) = failed else { panic!("{failed:?}") };
        assert!(why.contains(reason), "{why}");
    }
    fs::write(&journal, r#"{"state":"unpacking"}"#).expect("a journal");
    assert_eq!(listed(&packed(&claim).to).0, ["./"]);
}

#[test]
fn moves_that_begin_meanwhile_are_seen_at_the_end() {
    let claim = Folder::new();
    fs::create_dir(claim.join(".eevee-restore")).expect("a folder");
    fs::write(claim.join("a"), random(1 << 20)).expect("a file");
    let journal = claim.join(".eevee-restore/journal.json");
    let begin = move || fs::write(journal, r#"{"state":"moving"}"#).expect("a journal");
    let failed = packed_to(&claim, Meanwhile(Vec::new(), Some(begin))).err();
    assert!(matches!(failed, Some(PackFailure::Claim(_))), "{failed:?}");
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let claim = Folder::new();
    fs::write(claim.join("a"), random(1 << 20)).expect("a file");
    let progress = Arc::new(Progress::default());
    let order = PackRequest { claim: &claim, scratch: &claim, manifest: Manifest::default() };
    let stop = {
        let progress = Arc::clone(&progress);
        move || progress.stop()
    };
    let failed = pack(&order, Meanwhile(Vec::new(), Some(stop)), &progress).err();
    let Some(PackFailure::Archive(error)) = failed else { panic!("{failed:?}") };
    assert_eq!(error.to_string(), "it was asked to end before it was done");
}

#[test]
fn a_claim_that_is_not_there_is_no_empty_one() {
    let claim = Folder::new();
    let failed = packed_to(&claim.join("nothing"), Vec::new()).err();
    let Some(PackFailure::Claim(why)) = failed else { panic!("{failed:?}") };
    assert!(why.contains("No such file"), "{why}");
}
