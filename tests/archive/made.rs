//! Archives that are made byte by byte.

use eevee_operator::archive::manifest::{self, Manifest};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;

/// A tar stream that grows.
#[derive(Clone, Default)]
pub struct Made(pub Vec<u8>);

/// One header, whose fields a test may set.
#[derive(Clone)]
pub struct Entry {
    pub kind: u8,
    pub name: Vec<u8>,
    pub link: Vec<u8>,
    pub size: u64,
    pub mode: u32,
}

pub fn file(name: &str) -> Entry {
    Entry { kind: b'0', name: name.into(), link: Vec::new(), size: 0, mode: 0o644 }
}

pub fn folder(name: &str) -> Entry {
    Entry { kind: b'5', mode: 0o755, ..file(name) }
}

pub fn link(kind: u8, name: &str, target: &str) -> Entry {
    Entry { kind, link: target.into(), ..file(name) }
}

impl Entry {
    pub fn block(&self) -> [u8; 512] {
        let mut block = [0; 512];
        block[..self.name.len()].copy_from_slice(&self.name);
        let mut put = |at: usize, text: String| {
            block[at..at + text.len()].copy_from_slice(text.as_bytes());
        };
        put(100, format!("{:07o}", self.mode));
        put(108, format!("{:07o}", 0));
        put(116, format!("{:07o}", 0));
        put(124, format!("{:011o}", self.size));
        put(136, format!("{:011o}", 1_700_000_000));
        block[156] = self.kind;
        block[157..157 + self.link.len()].copy_from_slice(&self.link);
        block[257..265].copy_from_slice(b"ustar\x0000");
        block
    }
}

/// The checksum of a header that was set by hand.
pub fn summed(block: &[u8; 512]) -> [u8; 512] {
    let mut block = *block;
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

impl Made {
    pub fn entry(self, entry: &Entry, content: &[u8]) -> Self {
        let entry = Entry { size: content.len() as u64, ..entry.clone() };
        self.raw(&entry.block(), content)
    }

    /// A header as it is, but for its checksum.
    pub fn raw(mut self, block: &[u8; 512], content: &[u8]) -> Self {
        self.0.extend(summed(block));
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// Our own last entry, as it should be.
    pub fn manifest(self, files: u64, change: impl FnOnce(&mut Manifest)) -> Self {
        let sha256 = Sha256::digest(&self.0).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut manifest =
            Manifest { version: manifest::VERSION, files, sha256, ..Manifest::default() };
        change(&mut manifest);
        let text = serde_json::to_vec(&manifest).expect("JSON");
        self.entry(&file(manifest::NAME), &text)
    }

    /// The whole stream, ended and zipped.
    pub fn zipped(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        zip(&self.0)
    }
}

pub fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}
