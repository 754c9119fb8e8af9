//! Restores as a test runs them.

use super::folder::Folder;
use eevee_operator::archive::Progress;
use eevee_operator::archive::unpack::{
    BackupSource, Claim, Disk, Ended, RestoreRun, Restored, UnpackFailure, Wanted,
};
use eevee_operator::backup::Moves;
use eevee_operator::backup::key::Of;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// Archives by their ids.
#[derive(Clone, Default)]
pub struct Store {
    pub archives: BTreeMap<String, Vec<u8>>,
    /// The one that is wanted.
    pub id: String,
    pub clean: bool,
    /// How often an archive was opened.
    pub opened: usize,
    /// Whether the moves are not let begin.
    pub is_held: bool,
}

impl Store {
    pub fn of(id: &str, archive: &[u8]) -> Self {
        let archives = BTreeMap::from([(id.to_owned(), archive.to_vec())]);
        Self { archives, id: id.to_owned(), ..Self::default() }
    }
}

pub fn wanted(id: &str, clean: bool) -> Wanted {
    let of = Of { namespace: "bots".to_owned(), module: "echo".to_owned() };
    Wanted::new(&of, id, clean)
}

impl BackupSource for &mut Store {
    type Archive = Cursor<Vec<u8>>;

    fn wanted(&mut self) -> Result<Wanted, UnpackFailure> {
        Ok(wanted(&self.id, self.clean))
    }

    fn open(&mut self, wanted: &Wanted) -> Result<(Self::Archive, u64), UnpackFailure> {
        self.opened += 1;
        let archive = self.archives[&wanted.id].clone();
        let bytes = archive.len() as u64;
        Ok((Cursor::new(archive), bytes))
    }

    fn moves_begin(&mut self, _: &Restored) -> Result<(), UnpackFailure> {
        if self.is_held { Err(UnpackFailure::Claim("held".to_owned())) } else { Ok(()) }
    }
}

/// How a restore ended, how far its moves had come, and how many calls it made.
pub struct Outcome {
    pub ended: Result<Ended, UnpackFailure>,
    pub moves: Option<Moves>,
    pub calls: u64,
}

pub fn run(path: &Path, disk: Disk, store: &mut Store, is_bootstrap: bool) -> Outcome {
    let progress = Arc::new(Progress::default());
    let claim = Claim::open(path, disk, &progress).expect("a claim");
    let mut restore = RestoreRun { claim: &claim, backups: store, is_bootstrap, moves: None };
    let ended = restore.run();
    Outcome { ended, moves: restore.moves, calls: claim.calls() }
}

/// Restores one archive, undisturbed.
pub fn restore(claim: &Folder, archive: &[u8]) -> Result<Restored, UnpackFailure> {
    let mut store = Store::of("a", archive);
    match run(claim.path(), Disk::default(), &mut store, false).ended? {
        Ended::Restored(restored) => Ok(restored),
        Ended::Skipped(name) => panic!("skipped for {name}"),
    }
}
