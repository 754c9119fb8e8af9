//! A bucket, and what is asked of it.

use super::bucket::Bucket;
use super::error::RequestError;
use super::{Access, Patience, StoreProblem, StoredBackup, list, object};
use crate::backup::key::Of;
use jiff::Timestamp;
use std::sync::Arc;

/// How often a store is tried before it counts as unusable: whoever asks, asks again later.
const TRIES: u32 = 3;

/// A store that can be asked. Cheap to clone.
#[derive(Clone)]
pub struct StoreClient {
    pub(super) bucket: Arc<Bucket>,
}

impl StoreClient {
    /// # Errors
    /// A field of the access that cannot be used.
    pub fn new(access: &Access) -> Result<Self, StoreProblem> {
        Self::patient(access, Patience::default())
    }

    /// With limits of one's own.
    ///
    /// # Errors
    /// A field of the access that cannot be used.
    pub fn patient(access: &Access, patience: Patience) -> Result<Self, StoreProblem> {
        Ok(Self { bucket: Arc::new(Bucket::new(access, patience)?) })
    }

    /// Whether the store can be used: lists at most one key under the prefix.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn check(&self) -> Result<(), StoreProblem> {
        let answer = self.bucket.ask_often(&list::probe(&self.bucket), TRIES).await;
        let checked = answer.and_then(|answer| list::check(&answer.body));
        checked.map_err(|fault| self.problem("cannot list one key", &fault))
    }

    /// The backups of a module, newest first.
    ///
    /// # Errors
    /// Why they cannot be listed.
    pub async fn backups(&self, of: &Of) -> Result<Vec<StoredBackup>, StoreProblem> {
        let backups = list::backups(&self.bucket, of).await;
        backups.map_err(|fault| self.problem("cannot list the backups", &fault))
    }

    /// The size of an object. None where there is none.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub async fn bytes(&self, key: &str) -> Result<Option<u64>, StoreProblem> {
        let bytes = object::bytes(&self.bucket, key).await;
        bytes.map_err(|fault| self.problem("cannot look at the backup", &fault))
    }

    /// Deletes an object, if it is there.
    ///
    /// # Errors
    /// Why it cannot be deleted.
    pub async fn delete(&self, key: &str) -> Result<(), StoreProblem> {
        let deleted = object::delete(&self.bucket, key).await;
        deleted.map_err(|fault| self.problem("cannot delete a backup", &fault))
    }

    /// Aborts uploads of a module that began before a moment and never ended. Gives their number.
    ///
    /// # Errors
    /// Why they cannot be listed or aborted.
    pub async fn abort_old_uploads(
        &self,
        of: &Of,
        before: Timestamp,
    ) -> Result<usize, StoreProblem> {
        let aborted = self.aborted(of, before).await;
        aborted.map_err(|fault| self.problem("cannot abort uploads that never ended", &fault))
    }

    async fn aborted(&self, of: &Of, before: Timestamp) -> Result<usize, RequestError> {
        let uploads = list::uploads(&self.bucket, of).await?;
        let old = |upload: &&list::Begun| upload.since.is_some_and(|since| since < before);
        let mut count = 0;
        for upload in uploads.iter().filter(old) {
            object::abort(&self.bucket, &upload.key, &upload.upload).await?;
            count += 1;
        }
        Ok(count)
    }

    pub(super) fn problem(&self, tried: &str, fault: &RequestError) -> StoreProblem {
        self.bucket.problem(tried, fault)
    }
}
