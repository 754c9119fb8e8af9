//! What a restore notes on the claim, so that the next try knows where a killed one stopped.

use super::disk::{self, Disk};
use super::failure::{Doing, UnpackFailure};
use crate::archive::hidden::{JOURNAL, JournalState};
use crate::backup::key::Of;
use rustix::fd::AsFd;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};

const NAME: &[u8] = JOURNAL.as_bytes();
const NEW: &[u8] = b"journal.json.new";
const LARGEST: u64 = 64 << 10;

/// What is restored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// Whose backup.
    pub namespace: String,
    pub module: String,
    pub id: String,
    /// Whether the claim is to hold the backup and nothing else.
    pub clean: bool,
}

impl Wanted {
    pub fn new(of: &Of, id: &str, clean: bool) -> Self {
        let Of { namespace, module } = of.clone();
        Self { namespace, module, id: id.to_owned(), clean }
    }
}

/// What came of a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Restored {
    pub id: String,
    /// Size of the archive.
    pub bytes: u64,
    pub files: u64,
    pub databases: u64,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Journal {
    pub state: JournalState,
    #[serde(flatten)]
    pub wanted: Wanted,
    /// Whether what was on the claim is out of the way, where it is to hold the backup alone.
    #[serde(default)]
    pub emptied: bool,
    /// The time that the claim itself is to have once the hidden folder is gone.
    #[serde(default)]
    pub claim_time: Option<(i64, u32)>,
    #[serde(default)]
    pub restored: Restored,
}

impl Journal {
    pub fn new(wanted: Wanted, claim_time: Option<(i64, u32)>) -> Self {
        let restored = Restored { id: wanted.id.clone(), ..Restored::default() };
        Self { state: JournalState::Unpacking, wanted, emptied: false, claim_time, restored }
    }

    /// The journal in a folder. None where there is none.
    pub fn read(folder: impl AsFd) -> Result<Option<Self>, UnpackFailure> {
        let file = match disk::open_file(folder, NAME) {
            Ok(file) => File::from(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).doing("open", NAME),
        };
        let mut text = Vec::new();
        file.take(LARGEST).read_to_end(&mut text).doing("read", NAME)?;
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            UnpackFailure::Claim(format!(
                ".eevee-restore/journal.json on the claim cannot be read ({error}), so nobody knows how far a restore \
                 before this one had come: remove folder .eevee-restore from the claim and restore with cleanRestore: \
                 true"
            ))
        })
    }

    /// Writes it in place of the one before: a reader sees one or the other.
    pub fn write(&self, disk: &Disk, folder: impl AsFd) -> Result<(), UnpackFailure> {
        let text = serde_json::to_vec(self).map_err(io::Error::from).doing("write", NAME)?;
        let write = || {
            disk.unlink(&folder, NEW)?;
            let file = disk.create(&folder, NEW, 0o600)?;
            disk.write(&file, &text, 0)?;
            disk.sync(&file)?;
            disk.rename(&folder, NEW, &folder, NAME)?;
            disk.sync(&folder)
        };
        write().doing("write", NAME)
    }

    /// Removes it.
    pub fn remove(disk: &Disk, folder: impl AsFd) -> io::Result<()> {
        disk.unlink(&folder, NEW)?;
        disk.unlink(folder, NAME)
    }
}
