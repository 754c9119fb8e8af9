//! Packing.

mod changes;
mod databases;
mod gnu;
mod left_out;
mod survives;
mod tree;
mod under_fire;
mod writer;

use crate::folder::Folder;
use eevee_operator::archive::Progress;
use eevee_operator::archive::manifest::Manifest;
use eevee_operator::archive::pack::{PackFailure, PackRequest, Packed, pack};
use flate2::read::MultiGzDecoder;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::io::{self, Read, Write};
use std::path::Path;

/// Packs a claim into memory.
fn packed(claim: &Path) -> Packed<Vec<u8>> {
    packed_to(claim, Vec::new()).expect("an archive")
}

fn packed_to<W: Write + Send + 'static>(claim: &Path, to: W) -> Result<Packed<W>, PackFailure> {
    packed_by_way_of(&Folder::new(), claim, to)
}

fn packed_by_way_of<W: Write + Send + 'static>(
    scratch: &Path,
    claim: &Path,
    to: W,
) -> Result<Packed<W>, PackFailure> {
    let manifest = Manifest { namespace: "bots".to_owned(), ..Manifest::default() };
    let packed = pack(&PackRequest { claim, scratch, manifest }, to, &Progress::default());
    let left = std::fs::read_dir(scratch).expect("a folder").count();
    assert_eq!(left, 0, "temporary files go");
    packed
}

/// The names in an archive, and the last entry.
fn listed(archive: &[u8]) -> (Vec<String>, Manifest) {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(archive));
    let (mut names, mut manifest) = (Vec::new(), Manifest::default());
    for entry in archive.entries().expect("a tar stream") {
        let mut entry = entry.expect("an entry");
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if name == eevee_operator::archive::manifest::NAME {
            let mut content = String::new();
            entry.read_to_string(&mut content).expect("text");
            manifest = serde_json::from_str(&content).expect("a manifest");
        } else {
            names.push(name);
        }
    }
    (names, manifest)
}

/// Bytes that no compression makes fewer, so that they fill the buffers in between.
fn random(count: usize) -> Vec<u8> {
    let mut random = vec![0; count];
    ChaCha8Rng::seed_from_u64(1).fill_bytes(&mut random);
    random
}

/// Keeps what arrives, and does something after the first of it.
struct Meanwhile<F>(Vec<u8>, Option<F>);

impl<F: FnOnce()> Write for Meanwhile<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend(bytes);
        if self.0.len() > 100_000
            && let Some(act) = self.1.take()
        {
            act();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        eprintln!("not run by root: owners, devices and mounts are not tried");
    }
    is_root
}
