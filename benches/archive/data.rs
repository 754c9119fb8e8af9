//! What is packed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const MIB: u64 = 1 << 20;

/// A folder that goes with the bench.
pub struct Data(PathBuf);

impl Data {
    pub fn new(name: &str, fill: impl FnOnce(&Path)) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("archive").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        fill(&path);
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One file of such a size, as compressible as chat logs are: words, times and numbers.
pub fn one_file(folder: &Path, mebibytes: u64) {
    let mut file = BufWriter::new(File::create(folder.join("log")).expect("a file"));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut written = 0;
    while written < mebibytes * MIB {
        let line = format!(
            "{{\"time\":{},\"user\":\"u{}\",\"text\":\"{} {} {}\"}}\n",
            1_760_000_000 + written / 100,
            random.next_u32() % 5000,
            word(&mut random),
            word(&mut random),
            word(&mut random)
        );
        file.write_all(line.as_bytes()).expect("written");
        written += line.len() as u64;
    }
}

fn word(random: &mut ChaCha8Rng) -> &'static str {
    const WORDS: [&str; 12] = [
        "hello", "bot", "what", "is", "the", "weather", "like", "tomorrow", "thanks", "please",
        "again", "never",
    ];
    WORDS[random.next_u32() as usize % WORDS.len()]
}

/// Bytes that no compression makes fewer, as images are.
pub fn noise(folder: &Path, mebibytes: u64) {
    let mut file = BufWriter::new(File::create(folder.join("noise")).expect("a file"));
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut block = vec![0; 1 << 20];
    for _ in 0..mebibytes {
        random.fill_bytes(&mut block);
        file.write_all(&block).expect("written");
    }
}

/// Many small files in one folder.
pub fn small_files(folder: &Path, count: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for number in 0..count {
        let content = format!("{number} {} {}", random.next_u64(), "x".repeat(200));
        fs::write(folder.join(format!("message-{number:07}.json")), content).expect("a file");
    }
}

/// A file that is mostly a hole.
pub fn sparse(folder: &Path, gibibytes: u64) {
    let file = File::create(folder.join("sparse")).expect("a file");
    file.set_len(gibibytes << 30).expect("a size");
    for part in 0..gibibytes {
        file.write_all_at(b"a page", part << 30).expect("written");
    }
}
