//! The names in a folder, in batches: a folder may hold more than memory does.

use rustix::fs::Dir;
use rustix::io::Errno;

/// A batch ends after so many bytes.
const BATCH: usize = 1 << 20;

/// Some names of a folder, sorted.
#[derive(Default)]
pub struct Names {
    bytes: Vec<u8>,
    ends: Vec<(u32, u32)>,
}

impl Names {
    /// Reads the next names. None at the end of the folder.
    pub fn read(folder: &mut Dir) -> Result<Option<Self>, Errno> {
        let mut names = Self::default();
        while names.bytes.len() < BATCH {
            let Some(entry) = folder.read().transpose()? else { break };
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.add(name);
            }
        }
        names.sort();
        Ok((!names.ends.is_empty()).then_some(names))
    }

    fn add(&mut self, name: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend(name);
        if let (Ok(start), Ok(end)) = (start.try_into(), self.bytes.len().try_into()) {
            self.ends.push((start, end));
        }
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.ends.sort_unstable_by_key(|&ends| slice(bytes, ends));
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.ends.iter().map(|&ends| slice(&self.bytes, ends))
    }
}

fn slice(bytes: &[u8], (start, end): (u32, u32)) -> &[u8] {
    bytes.get(start as usize..end as usize).unwrap_or_default()
}
