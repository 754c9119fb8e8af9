//! One restore: what a killed one has left is ended first, then the wanted backup is put in place.

use super::claim::Claim;
use super::failure::UnpackFailure;
use super::journal::{Journal, Restored, Wanted};
use crate::archive::hidden::JournalState;
use crate::backup::Moves;
use std::io::Read;

/// Where the backups are, and who is told.
pub trait BackupSource {
    type Archive: Read + Send + 'static;

    /// Which backup is wanted: asked for only where one is needed.
    fn wanted(&mut self) -> Result<Wanted, UnpackFailure>;

    /// The bytes of a backup, and how many there are.
    fn open(&mut self, wanted: &Wanted) -> Result<(Self::Archive, u64), UnpackFailure>;

    /// From now on what is on the claim is neither the old data nor the new. Last chance to stop.
    fn moves_begin(&mut self, restored: &Restored) -> Result<(), UnpackFailure>;
}

/// One restore.
pub struct RestoreRun<'a, B> {
    pub claim: &'a Claim,
    pub backups: B,
    /// Whether a claim that is not empty is left as it is.
    pub is_bootstrap: bool,
    /// How far it has come. Right at any time, also after a failure. None until the claim was looked at.
    pub moves: Option<Moves>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Restored(Restored),
    /// The claim has files already, of which one is named.
    Skipped(String),
}

impl<B: BackupSource> RestoreRun<'_, B> {
    /// Runs it.
    pub fn run(&mut self) -> Result<Ended, UnpackFailure> {
        let earlier = self.look()?;
        let state = earlier.as_ref().map(|journal| journal.state);
        let earlier = match earlier {
            // A module that ran since may have changed it: only where none ran is it still what was restored.
            Some(journal) if journal.state == JournalState::Done => {
                self.claim.clear()?;
                self.is_bootstrap.then_some((journal.wanted, journal.restored))
            }
            // Two mixed backups would be neither: this one ends before another begins.
            Some(journal) if journal.state == JournalState::Moving => {
                Some((journal.wanted.clone(), self.put_in_place(journal)?))
            }
            _ => None,
        };
        if self.is_bootstrap {
            if let Some((_, restored)) = earlier {
                self.moves = Some(Moves::Finished);
                return Ok(Ended::Restored(restored));
            }
            if let Some(name) = self.claim.holds()? {
                self.claim.clear()?;
                return Ok(Ended::Skipped(name));
            }
        }
        let wanted = self.backups.wanted()?;
        if state == Some(JournalState::Moving)
            && let Some((_, restored)) = earlier.filter(|(earlier, _)| *earlier == wanted)
        {
            return Ok(Ended::Restored(restored));
        }
        self.restore(&wanted).map(Ended::Restored)
    }

    /// What a killed one has left.
    fn look(&mut self) -> Result<Option<Journal>, UnpackFailure> {
        let journal = self.claim.journal().inspect_err(|failure| {
            if let UnpackFailure::Claim(_) = failure {
                // It has left a journal, and nobody knows what stands in it.
                self.moves = Some(Moves::Begun);
            }
        })?;
        let is_moving =
            journal.as_ref().is_some_and(|journal| journal.state == JournalState::Moving);
        self.moves = Some(if is_moving { Moves::Begun } else { Moves::NotBegun });
        Ok(journal)
    }

    fn restore(&mut self, wanted: &Wanted) -> Result<Restored, UnpackFailure> {
        // Where an earlier one was ended, the claim stays whole until these moves begin.
        let (archive, bytes) = self.backups.open(wanted)?;
        let mut journal = self.claim.unpack(wanted, archive)?;
        journal.restored.bytes = bytes;
        self.put_in_place(journal)
    }

    fn put_in_place(&mut self, journal: Journal) -> Result<Restored, UnpackFailure> {
        self.backups.moves_begin(&journal.restored)?;
        self.moves = Some(Moves::Begun);
        let restored = self.claim.put_in_place(journal)?;
        self.moves = Some(Moves::Finished);
        Ok(restored)
    }
}
