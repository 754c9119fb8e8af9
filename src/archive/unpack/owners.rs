//! Owners that could not be given.

use super::failure::shown;
use std::io;

/// Counts what keeps the owner it was made with: not every pod may give files away.
#[derive(Debug, Default)]
pub struct Owners {
    refused: u64,
    first: String,
}

impl Owners {
    /// Whether giving something away was refused.
    pub fn refused(&mut self, given: io::Result<()>, name: &[u8]) -> io::Result<bool> {
        match given {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                if self.refused == 0 {
                    self.first = shown(name);
                }
                self.refused += 1;
                Ok(true)
            }
            given => given.map(|()| false),
        }
    }

    /// Takes in what another has counted.
    pub fn add(&mut self, other: Self) {
        if self.refused == 0 {
            self.first = other.first;
        }
        self.refused += other.refused;
    }

    /// What a person should know.
    pub fn warning(&self) -> Option<String> {
        (self.refused > 0).then(|| {
            format!(
                "{} files, {} the first, belong to the user of this pod instead of their own, which needs capability \
                 CHOWN",
                self.refused, self.first
            )
        })
    }
}
