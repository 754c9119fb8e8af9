//! Files that belong together: all of them hold the number of one generation.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDERS: usize = 20;
/// In each folder. Together they take a while to be moved.
const FILES: usize = 300;

/// The name of the folder that they are in.
const NAME: &str = "set";

/// The files on a claim.
pub struct Set(PathBuf);

impl Set {
    pub fn on(claim: &Path) -> Set {
        Set(claim.join(NAME))
    }

    /// Gives all files another generation.
    pub fn write(&self, generation: u32) {
        for folder in 0..FOLDERS {
            let folder = self.0.join(folder.to_string());
            fs::create_dir_all(&folder).expect("a folder");
            for file in 0..FILES {
                fs::write(folder.join(file.to_string()), generation.to_string()).expect("a file");
            }
        }
    }

    /// Which generations there are. Err where a file moves meanwhile.
    pub fn read(&self) -> std::io::Result<Generations> {
        let mut found = Generations::default();
        for folder in 0..FOLDERS {
            for file in 0..FILES {
                let path = self.0.join(folder.to_string()).join(file.to_string());
                match fs::read_to_string(path) {
                    Ok(generation) => found.count(generation),
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                    Err(e) => return Err(e),
                }
            }
        }
        Ok(found)
    }

    #[track_caller]
    pub fn generations(&self) -> Generations {
        self.read().expect("the claim can be read")
    }
}

/// How many files there are of each generation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generations(BTreeMap<String, usize>);

impl Generations {
    pub fn count(&mut self, generation: String) {
        *self.0.entry(generation).or_default() += 1;
    }

    /// Counts an entry of an archive, if it is one of the files.
    pub fn count_entry(&mut self, path: &Path, generation: String) {
        if path.strip_prefix(".").unwrap_or(path).starts_with(NAME) {
            self.count(generation);
        }
    }

    /// The one generation that all files are of. None of a mixture, and where a file is missing.
    pub fn whole(&self) -> Option<u32> {
        let (generation, count) = self.0.first_key_value()?;
        (self.0.len() == 1 && *count == FOLDERS * FILES).then(|| generation.parse().ok())?
    }
}
