//! One bit of an archive is wrong: it is refused, or nothing of what it says has changed.

use super::folder::Folder;
use super::made::{Made, file, folder, link};
use super::restored::restore;
use eevee_operator::archive::Progress;
use eevee_operator::archive::unpack::{Claim, Disk};
use std::io::Cursor;
use std::sync::Arc;

fn archive() -> Vec<u8> {
    Made::default()
        .entry(&folder("./"), b"")
        .entry(&folder("./data"), b"")
        .entry(&file("./data/text"), b"some text, some text, some text")
        .entry(&file("./data/numbers"), &(0..=255).collect::<Vec<u8>>())
        .entry(&link(b'2', "./link", "data/text"), b"")
        .entry(&link(b'1', "./same", "data/text"), b"")
        .manifest(6, |_| {})
        .zipped()
}

#[test]
fn a_flipped_bit_is_found_or_changes_nothing() {
    let good = archive();
    let undisturbed = Folder::in_memory();
    restore(&undisturbed, &good).expect("a good one");
    let (expected, claim) = (undisturbed.walk(), Folder::in_memory());
    let (mut refused, mut same) = (0, 0);
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut flipped = good.clone();
            flipped[at] ^= 1 << bit;
            // Into the hidden folder alone: what was not refused would be moved as it is there.
            let progress = Arc::new(Progress::default());
            let unpacked = Claim::open(claim.path(), Disk::default(), &progress)
                .expect("a claim")
                .unpack(&super::restored::wanted("a", false), Cursor::new(flipped.clone()));
            if unpacked.is_err() {
                refused += 1;
                assert_eq!(claim.walk().len(), 1, "byte {at}, bit {bit}: something is left");
            } else {
                same += 1;
                let restored = Folder::in_memory();
                restore(&restored, &flipped).expect("it was unpacked before");
                assert!(restored.walk() == expected, "byte {at}, bit {bit}: something has changed");
            }
        }
    }
    // Bits of the header of gzip say nothing of what is in it, and a run of zeros can be copied from here
    // or from there.
    assert!(refused > good.len() * 7 && same < 300, "{refused} refused, {same} the same");
}
