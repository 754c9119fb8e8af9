//! A bucket, and what is asked of it.

use super::{Access, Patience, Problem};
use crate::backup::key::Of;
use jiff::Timestamp;

/// A store that can be asked. Cheap to clone.
#[derive(Clone)]
pub struct Store;

/// A backup that lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: String,
    pub key: String,
    /// When it was made: its id tells, else the store.
    pub time: Timestamp,
    pub bytes: u64,
}

impl Store {
    /// # Errors
    /// A field of the access that cannot be used.
    pub fn new(access: &Access) -> Result<Self, Problem> {
        Self::patient(access, Patience::default())
    }

    /// With limits of one's own.
    ///
    /// # Errors
    /// A field of the access that cannot be used.
    pub fn patient(_access: &Access, _patience: Patience) -> Result<Self, Problem> {
        Ok(Self)
    }

    /// Whether the store can be used: lists at most one key under the prefix.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn check(&self) -> Result<(), Problem> {
        std::future::ready(Err(Problem::passing("still to be written"))).await
    }

    /// The backups of a module, newest first.
    ///
    /// # Errors
    /// Why they cannot be listed.
    pub async fn backups(&self, _of: &Of) -> Result<Vec<Stored>, Problem> {
        std::future::ready(Err(Problem::passing("still to be written"))).await
    }

    /// The size of an object. None where there is none.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub async fn bytes(&self, _key: &str) -> Result<Option<u64>, Problem> {
        std::future::ready(Err(Problem::passing("still to be written"))).await
    }

    /// Deletes an object, if it is there.
    ///
    /// # Errors
    /// Why it cannot be deleted.
    pub async fn delete(&self, _key: &str) -> Result<(), Problem> {
        std::future::ready(Err(Problem::passing("still to be written"))).await
    }

    /// Aborts uploads of a module that began before a moment and never ended. Gives their number.
    ///
    /// # Errors
    /// Why they cannot be listed or aborted.
    pub async fn abort_old_uploads(&self, _of: &Of, _before: Timestamp) -> Result<usize, Problem> {
        std::future::ready(Err(Problem::passing("still to be written"))).await
    }
}
