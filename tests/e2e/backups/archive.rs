//! Archives in the store: what is in them, and how they are damaged.

use super::set::Generations;
use eevee_operator::archive::manifest;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

/// Of the files that belong together.
#[track_caller]
pub fn generations(archive: &Path) -> Generations {
    let mut tar = tar::Archive::new(MultiGzDecoder::new(File::open(archive).expect("an archive")));
    let mut found = Generations::default();
    for entry in tar.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").into_owned();
        if !entry.header().entry_type().is_file() || path.extension().is_some() {
            continue;
        }
        let mut text = String::new();
        if entry.read_to_string(&mut text).is_ok() {
            found.count_entry(&path, text);
        }
    }
    found
}

/// Makes one byte another, in the middle of a file.
pub fn flip_a_byte(archive: &Path) {
    let mut bytes = fs::read(archive).expect("an archive");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(archive, bytes).expect("an archive");
}

/// Writes rubbish into a database, and has every digest fit: only SQLite can tell.
#[track_caller]
pub fn damage_database(archive: &Path, name: &str) {
    let mut tar = Vec::new();
    let file = File::open(archive).expect("an archive");
    MultiGzDecoder::new(file).read_to_end(&mut tar).expect("gzip");
    let database = place_of(&tar, name);
    // Behind the first page, which says what it is.
    let rubbish = &mut tar[database.content + 4096..database.content + database.length];
    rubbish.fill(0xff);
    let last = place_of(&tar, manifest::NAME);
    let digest: String =
        Sha256::digest(&tar[..last.header]).iter().map(|byte| format!("{byte:02x}")).collect();
    let content = &mut tar[last.content..last.content + last.length];
    let text = String::from_utf8(content.to_vec()).expect("JSON");
    let mut says: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let before = says["sha256"].take();
    let before = before.as_str().expect("a digest");
    assert_ne!(before, digest, "nothing was damaged");
    content.copy_from_slice(text.replace(before, &digest).as_bytes());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&tar).expect("memory");
    fs::write(archive, gzip.finish().expect("memory")).expect("an archive");
}

/// Where an entry stands.
struct Span {
    header: usize,
    content: usize,
    length: usize,
}

#[track_caller]
fn place_of(tar: &[u8], name: &str) -> Span {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().expect("a tar").map(|entry| entry.expect("an entry"));
    let number = |number: u64| usize::try_from(number).expect("a length in memory");
    let mut found = entries.filter(|entry| {
        let path = entry.path().expect("a path");
        path.strip_prefix(".").unwrap_or(&path) == Path::new(name)
    });
    let entry = found.next().unwrap_or_else(|| panic!("the archive has no {name}"));
    Span {
        header: number(entry.raw_header_position()),
        content: number(entry.raw_file_position()),
        length: number(entry.size()),
    }
}
