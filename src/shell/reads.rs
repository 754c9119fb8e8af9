//! Reads by name: what no watch can settle.

use super::cache::{Affected, Cache, LiveReads, Version};
use super::queue::Queue;
use super::request::{self, RequestFailure};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Observed;
use futures::stream::{self, StreamExt};
use kube::Client;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Reads by name that are under way at once for one reconciliation. Each may need a connection, and
/// so a descriptor, of its own.
const AT_ONCE: usize = 16;

/// The same for all reconciliations together. An API server with default settings serves 400 reads.
static SLOTS: Semaphore = Semaphore::const_new(128);

/// Sends reads, and takes in what they find.
pub struct Reader<'a> {
    pub client: &'a Client,
    pub cache: &'a Cache,
    /// Where the Subjects that depend on what was read are added. The watch event for it will look stale
    /// by then, and wakes nobody.
    pub queue: Option<&'a Queue>,
    /// Leaves of each object what is kept of it.
    pub keep: fn(&mut Value, Kind),
}

impl Reader<'_> {
    /// Reads some objects by name, several at once, and notes what they are. What could not be read
    /// is Unknown.
    ///
    /// # Errors
    /// The first failure. What was read is noted all the same.
    pub async fn read_all(
        &self,
        references: BTreeSet<ObjectRef>,
        found: &mut LiveReads,
    ) -> Result<(), RequestFailure> {
        let sent = Instant::now();
        let served = self.cache.served();
        self.cache.expect(&references);
        let reads = stream::iter(references).map(|reference| async {
            let answer = match timeout(request::PATIENCE, SLOTS.acquire()).await {
                Ok(_slot) => request::get(self.client, &reference, &served).await,
                Err(_) => Err(RequestFailure::Transient("too many reads wait".to_owned())),
            };
            (reference, answer)
        });
        let mut answers = reads.buffered(AT_ONCE);
        let mut outcome = Ok(());
        while let Some((reference, answer)) = answers.next().await {
            let observed = answer.unwrap_or_else(|failure| {
                let failure = failure.map(|why| format!("cannot read {reference}: {why}"));
                if outcome.is_ok() {
                    outcome = Err(failure);
                }
                Observed::Unknown
            });
            found.note(reference.clone(), self.take(&reference, observed, sent));
        }
        outcome
    }

    /// Looks again at an object that turned out to be in another state than it was seen in. Its
    /// watch may be late.
    pub async fn look_again(&self, reference: &ObjectRef, seen: Option<Version>) {
        let sent = Instant::now();
        let answer = request::get(self.client, reference, &self.cache.served()).await;
        match self.take(reference, answer.unwrap_or(Observed::Unknown), sent) {
            Observed::Absent => {
                if let Some(seen) = seen {
                    self.wake(self.cache.deleted(reference, &seen));
                }
            }
            Observed::Unknown if reference.kind.is_secret() => self.cache.doubt(reference),
            Observed::Present(_) | Observed::Unknown => {}
        }
    }

    /// Takes in what a read sent at a time has found.
    fn take(
        &self,
        reference: &ObjectRef,
        observed: Observed<Arc<Object>>,
        sent: Instant,
    ) -> Observed<Arc<Object>> {
        match observed {
            Observed::Present(object) => {
                let mut object = Arc::unwrap_or_clone(object);
                (self.keep)(object.value_mut(), reference.kind);
                self.wake(self.cache.answered(&object, sent));
                Observed::Present(Arc::new(object))
            }
            Observed::Absent => {
                self.cache.found_absent(reference, sent);
                Observed::Absent
            }
            Observed::Unknown => Observed::Unknown,
        }
    }

    fn wake(&self, affected: Affected) {
        if let Some(queue) = self.queue {
            queue.add_all(affected);
        }
    }
}
