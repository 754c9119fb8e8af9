//! Archives of who means harm, or of a broken store: each is refused with its reason, and nothing on
//! the claim is touched.

use super::folder::Folder;
use super::made::{Entry, Made, file, folder, link, summed, zip};
use super::restored::restore;
use std::fs;
use std::os::unix::fs::symlink;

/// A claim in use, whose neighbour is no part of it.
fn claim() -> (Folder, Folder) {
    let outside = Folder::in_memory();
    outside.write("secret", "outside");
    let claim = Folder::in_memory();
    claim.write("data/kept", "mine");
    symlink(outside.path(), claim.path().join("way out")).expect("a link");
    (claim, outside)
}

fn refused(archive: &[u8], why: &str) {
    let (claim, outside) = claim();
    let before = (claim.walk(), outside.walk());
    let failure = restore(&claim, archive).expect_err(why);
    assert!(failure.to_string().contains(why), "{why:?} is not in {failure}");
    assert!(failure.is_permanent(), "{failure}");
    assert!((claim.walk(), outside.walk()) == before, "{why}: something was touched");
}

fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length += 1;
    }
    format!("{length}{rest}").into_bytes()
}

fn with_records(records: &[u8], entry: &Entry, content: &[u8]) -> Made {
    Made::default().entry(&Entry { kind: b'x', ..file("records") }, records).entry(entry, content)
}

#[test]
fn names_that_leave_the_folder() {
    for (name, why) in [
        ("/etc/passwd", "is absolute"),
        ("../outside", "goes up"),
        ("a/../../outside", "goes up"),
        ("a/..", "goes up"),
        ("./..", "goes up"),
    ] {
        refused(&Made::default().entry(&file(name), b"x").zipped(), why);
        let long =
            Made::default().entry(&Entry { kind: b'L', ..file("././@LongLink") }, name.as_bytes());
        refused(&long.entry(&file("short"), b"x").zipped(), why);
        refused(&with_records(&record("path", name), &file("short"), b"x").zipped(), why);
        let sparse = [
            record("GNU.sparse.major", "1"),
            record("GNU.sparse.name", name),
            record("GNU.sparse.realsize", "0"),
        ];
        let map = format!("{:\0<512}", "0\n");
        refused(&with_records(&sparse.concat(), &file("short"), map.as_bytes()).zipped(), why);
    }
    refused(&Made::default().entry(&folder("../"), b"").zipped(), "goes up");
    refused(&Made::default().entry(&file("."), b"x").zipped(), "its root is no folder");
}

#[test]
fn a_file_through_a_link() {
    for target in ["/tmp", "..", "data", "way out"] {
        let archive =
            Made::default().entry(&link(b'2', "a", target), b"").entry(&file("a/b"), b"x");
        refused(&archive.zipped(), "is no folder");
        let deeper = Made::default()
            .entry(&folder("d"), b"")
            .entry(&link(b'2', "d/a", target), b"")
            .entry(&folder("d/a/b"), b"");
        refused(&deeper.zipped(), "is no folder");
        let as_folder =
            Made::default().entry(&link(b'2', "a", target), b"").entry(&folder("a"), b"");
        refused(&as_folder.zipped(), "as a folder and as something else");
    }
    refused(
        &Made::default().entry(&file("a"), b"x").entry(&file("a/b"), b"x").zipped(),
        "is no folder",
    );
}

#[test]
fn links_to_what_is_not_in_the_archive() {
    for (target, why) in [
        ("/etc/passwd", "is absolute"),
        ("../secret", "goes up"),
        ("nothing", "which is no file of it"),
        ("a", "which is no file of it"),
        ("folder", "which is no file of it"),
    ] {
        let archive =
            Made::default().entry(&folder("folder"), b"").entry(&link(b'1', "a", target), b"");
        refused(&archive.zipped(), why);
    }
    let through = Made::default()
        .entry(&link(b'2', "l", "/etc"), b"")
        .entry(&link(b'1', "a", "l/passwd"), b"");
    refused(&through.zipped(), "which is no file of it");
}

#[test]
fn devices() {
    for kind in [b'3', b'4'] {
        refused(
            &Made::default().entry(&Entry { kind, ..file("null") }, b"").zipped(),
            "is a device",
        );
    }
}

#[test]
fn names_with_a_nul() {
    let mut block = file("name").block();
    block[5] = b'x';
    refused(&Made::default().raw(&block, b"").zipped(), "NUL");
    let mut block = link(b'2', "name", "to").block();
    block[160] = b'x';
    refused(&Made::default().raw(&block, b"").zipped(), "NUL");
    refused(&with_records(&record("path", "a\0b"), &file("short"), b"").zipped(), "NUL");
    let long = Made::default().entry(&Entry { kind: b'L', ..file("././@LongLink") }, b"a\0b\0");
    refused(&long.entry(&file("short"), b"").zipped(), "NUL");
}

#[test]
fn sizes_beyond_all_measure() {
    const TEN_TERABYTES: u64 = 10 << 40;
    let mut block = Entry { kind: b'S', ..file("huge") }.block();
    block[257..265].copy_from_slice(b"ustar  \0");
    block[483..495].copy_from_slice(&[&[0x80, 0, 0, 0], &TEN_TERABYTES.to_be_bytes()[..]].concat());
    refused(&Made::default().raw(&block, b"").zipped(), "larger than the claim");
    let size = TEN_TERABYTES.to_string();
    for records in [
        [record("GNU.sparse.size", &size), record("GNU.sparse.map", "")],
        [record("GNU.sparse.size", &size), record("GNU.sparse.numblocks", "0")],
    ] {
        refused(
            &with_records(&records.concat(), &file("huge"), b"").zipped(),
            "larger than the claim",
        );
    }
    let beyond =
        [record("GNU.sparse.size", "10"), record("GNU.sparse.map", "9,18446744073709551615")];
    refused(&with_records(&beyond.concat(), &file("beyond"), b"x").zipped(), "do not fit");
    let mut endless = file("endless").block();
    endless[124..136].copy_from_slice(&[&[0x80, 0, 0, 0][..], &u64::MAX.to_be_bytes()].concat());
    refused(&Made::default().raw(&endless, b"").zipped(), "size is no number");
    let long = Made::default().raw(&Entry { kind: b'L', size: 1 << 33, ..file("l") }.block(), b"");
    refused(&long.zipped(), "too long");
}

#[test]
fn owners_that_mean_nobody() {
    let record = record("uid", "4294967295");
    refused(&with_records(&record, &file("a"), b"").zipped(), "its user is no number");
}

#[test]
fn kinds_that_nobody_knows() {
    for kind in [b'M', b'D', b'N', b'Z'] {
        refused(&Made::default().entry(&Entry { kind, ..file("a") }, b"").zipped(), "is not known");
    }
}

#[test]
fn what_is_no_whole_archive() {
    let good = Made::default().entry(&file("a"), &[7; 3000]).entry(&file("b"), b"x");
    let zipped = good.clone().zipped();
    for length in 0..zipped.len() {
        refused(&zipped[..length], if length < 10 { "" } else { "it ends too early" });
    }
    refused(b"", "it ends too early");
    refused(&[0; 1024], "damaged");
    refused(b"hello", "");
    refused(&[&zipped[..], b"x"].concat(), "");
    refused(&[&zipped[..], &[0; 512]].concat(), "damaged, or something stands after its end");
    refused(&zip(b""), "ends in the middle");
    refused(&zip(&good.0), "ends in the middle");
    refused(&zip(&good.0[..1000]), "ends in the middle");
    refused(&zip(&[&good.0[..], &[0; 512]].concat()), "ends in the middle");
    refused(&zip(&[&good.0[..], &[0; 1024], b"x"].concat()), "something stands after its end");
    refused(&zip(&[&good.0[..], &[0; 512], &good.0].concat()), "one block of zeros");
    refused(&zip(&[b'x'; 4096]), "header of an entry is damaged");
}

#[test]
fn names_of_our_own() {
    let hidden = ".eevee-restore";
    refused(
        &Made::default().entry(&link(b'2', hidden, "/tmp"), b"").zipped(),
        "folder that restores work in",
    );
    refused(&Made::default().entry(&file(hidden), b"x").zipped(), "folder that restores work in");
    let nested = Made::default()
        .entry(&folder(hidden), b"")
        .entry(&file(".eevee-restore/journal.json"), b"{}");
    let claim = Folder::in_memory();
    let restored = restore(&claim, &nested.entry(&file("a"), b"x").zipped()).expect("a restore");
    assert_eq!(super::folder::names(&claim.walk()), ["a"]);
    assert!(restored.warnings[0].contains("mixture"), "{:?}", restored.warnings);
}

#[test]
fn an_archive_that_is_not_what_was_backed_up() {
    let good = || Made::default().entry(&folder("./"), b"").entry(&file("a"), b"x");
    let claim = Folder::in_memory();
    restore(&claim, &good().manifest(2, |_| {}).zipped()).expect("a good one");
    assert_eq!(super::folder::names(&claim.walk()), ["a"], "the last entry is not restored");
    refused(&good().manifest(3, |_| {}).zipped(), "entries are missing");
    refused(
        &good().manifest(2, |it| it.sha256 = "00".repeat(32)).zipped(),
        "not what was backed up",
    );
    refused(&good().manifest(2, |it| it.version = 99).zipped(), "later version");
    refused(&good().manifest(2, |_| {}).entry(&file("b"), b"x").zipped(), "stands behind");
    refused(&good().entry(&file(".eevee-backup.json"), b"no JSON").zipped(), ".eevee-backup.json");
    let mut changed = good().manifest(2, |_| {});
    changed.0[2 * 512] = b'y';
    refused(&changed.zipped(), "not what was backed up");
    // GNU tar unpacks ours as a file, and packs that one again under a name of its own.
    let again = good().entry(&file("./.eevee-backup.json"), b"old").entry(&file("c"), b"");
    let claim = Folder::in_memory();
    restore(&claim, &again.zipped()).expect("a restore");
    assert_eq!(super::folder::names(&claim.walk()), ["a", "c"]);
}

/// What a module has on its claim is its own affair, as long as nothing is written through it.
#[test]
fn links_that_point_outside_are_data() {
    let (claim, outside) = claim();
    let before = outside.walk();
    let archive = Made::default()
        .entry(&link(b'2', "absolute", "/etc/passwd"), b"")
        .entry(&link(b'2', "up", "../../x"), b"")
        .entry(&folder("way out"), b"")
        .entry(&file("way out/secret"), b"new");
    restore(&claim, &archive.zipped()).expect("a restore");
    assert_eq!(fs::read_link(claim.path().join("up")).expect("a link").to_str(), Some("../../x"));
    assert!(outside.walk() == before, "something was written through a link on the claim");
    assert_eq!(fs::read(claim.path().join("way out/secret")).expect("a file"), b"new");
    assert!(!claim.path().join("way out").is_symlink());
}

#[test]
fn named_pipes_are_left_out() {
    let claim = Folder::in_memory();
    let archive =
        Made::default().entry(&Entry { kind: b'6', ..file("pipe") }, b"").entry(&file("a"), b"");
    let restored = restore(&claim, &archive.zipped()).expect("a restore");
    assert_eq!(restored.warnings, ["\"pipe\" was left out: it is a named pipe"]);
    assert_eq!(super::folder::names(&claim.walk()), ["a"]);
}

#[test]
fn a_hidden_folder_that_is_a_link_is_not_followed() {
    let (claim, outside) = claim();
    symlink(outside.path(), claim.path().join(".eevee-restore")).expect("a link");
    let before = (claim.walk(), outside.walk());
    restore(&claim, &Made::default().entry(&file("a"), b"x").zipped()).expect_err("a link");
    assert!((claim.walk(), outside.walk()) == before, "something was touched");
}

#[test]
fn a_checksum_by_signed_bytes_counts() {
    let block = summed(&file("a\u{e9}").block());
    let sum: i32 = (0..512)
        .map(|at| if (148..156).contains(&at) { 32 } else { i32::from(block[at].cast_signed()) })
        .sum();
    let mut block = block;
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let claim = Folder::in_memory();
    restore(&claim, &zip(&[&block[..], &[0; 1024]].concat())).expect("a restore");
    assert_eq!(claim.walk().len(), 2);
}
