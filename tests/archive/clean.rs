//! What a restore leaves of what was on the claim, and when it touches nothing at all.

use super::folder::{Folder, names};
use super::made::{Made, file, folder};
use super::restored::{Store, restore, run};
use eevee_operator::archive::unpack::{Disk, Ended};
use eevee_operator::backup::Moves;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

fn archive() -> Vec<u8> {
    Made::default()
        .entry(&folder("./"), b"")
        .entry(&folder("a"), b"")
        .entry(&file("a/new"), b"new")
        .entry(&file("b"), b"new")
        .entry(&file("lost+found/theirs"), b"new")
        .zipped()
}

fn claim() -> Folder {
    let claim = Folder::new();
    for name in ["a/old", "b", "c/old", "lost+found/mine"] {
        claim.write(name, "old");
    }
    claim
}

#[test]
fn other_files_stay() {
    let claim = claim();
    restore(&claim, &archive()).expect("a restore");
    let expected = ["a", "a/new", "a/old", "b", "c", "c/old", "lost+found", "lost+found/mine"];
    assert_eq!(names(&claim.walk()), expected);
    assert_eq!(fs::read(claim.path().join("b")).expect("it"), b"new");
    assert_eq!(claim.walk()[&b"a"[..]].seconds, 1_700_000_000, "a folder has its time again");
    assert_eq!(claim.walk()[&b""[..]].seconds, 1_700_000_000, "the claim, too");
}

#[test]
fn a_clean_restore_leaves_the_backup_and_nothing_else() {
    let claim = claim();
    claim.write(&format!("{}x", "deep/".repeat(300)), "old");
    let mut store = Store { clean: true, ..Store::of("a", &archive()) };
    run(claim.path(), Disk::default(), &mut store, false).ended.expect("a restore");
    let expected = ["a", "a/new", "b", "lost+found", "lost+found/mine"];
    assert_eq!(names(&claim.walk()), expected);
}

#[test]
fn a_bootstrap_overwrites_nothing() {
    let claim = claim();
    let before = claim.walk();
    let mut store = Store::of("a", &archive());
    let outcome = run(claim.path(), Disk::default(), &mut store, true);
    assert!(matches!(outcome.ended, Ok(Ended::Skipped(_))));
    assert_eq!((outcome.moves, store.opened), (Some(Moves::NotBegun), 0));
    assert!(claim.walk() == before);
}

#[test]
fn a_bootstrap_fills_an_empty_claim() {
    let claim = Folder::new();
    fs::create_dir(claim.path().join("lost+found")).expect("a folder");
    let outcome = run(claim.path(), Disk::default(), &mut Store::of("a", &archive()), true);
    assert!(matches!(outcome.ended, Ok(Ended::Restored(_))));
    assert_eq!(names(&claim.walk()), ["a", "a/new", "b", "lost+found"]);
}

#[test]
fn a_folder_that_nobody_may_enter_is_restored_as_it_is() {
    let claim = claim();
    let closed = |name| made(name, 0o000);
    let archive = Made::default()
        .entry(&closed("a"), b"")
        .entry(&closed("a/b"), b"")
        .entry(&file("a/b/c"), b"new")
        .zipped();
    restore(&claim, &archive).expect("a restore");
    let mode = |name: &str| {
        let path = claim.path().join(name);
        let mode = fs::metadata(&path).expect("a folder").permissions().mode() & 0o7777;
        fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("its mode");
        mode
    };
    assert_eq!((mode("a"), mode("a/b")), (0, 0));
    assert_eq!(fs::read(claim.path().join("a/b/c")).expect("it"), b"new");
}

fn made(name: &str, mode: u32) -> super::made::Entry {
    super::made::Entry { mode, ..folder(name) }
}
