//! The caches at one moment, as rendering asks them.

use super::store::KindStore;
use super::{Cache, Stores, is_kept, is_whole, lock};
use crate::action::Subject;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::query::{Query, Search};
use crate::snapshot::{Answer, Entropy, NotKnown, Observed, ServedKinds};
use crate::source::{Moment, Source};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What reads by name have found in the course of one reconciliation.
#[derive(Default)]
pub struct LiveReads {
    objects: BTreeMap<ObjectRef, Observed<Arc<Object>>>,
}

impl LiveReads {
    pub fn note(&mut self, reference: ObjectRef, found: Observed<Arc<Object>>) {
        self.objects.insert(reference, found);
    }

    /// All that reads have found.
    pub fn all(&self) -> impl Iterator<Item = (&ObjectRef, &Observed<Arc<Object>>)> {
        self.objects.iter()
    }

    /// Whether an object was read in this reconciliation.
    pub fn has(&self, reference: &ObjectRef) -> bool {
        self.objects.contains_key(reference)
    }

    /// Whether all of these were read, and are not there.
    pub fn are_absent(&self, references: &BTreeSet<ObjectRef>) -> bool {
        references.iter().all(|at| self.objects.get(at) == Some(&Observed::Absent))
    }

    /// Whether some object is there that no watch tells of.
    pub fn any_unwatched(&self) -> bool {
        self.objects.values().any(|found| match found {
            Observed::Present(object) => !object.reference().kind.is_secret() && !is_kept(object),
            Observed::Absent | Observed::Unknown => false,
        })
    }
}

/// The caches at one moment.
pub struct View<'a> {
    cache: &'a Cache,
    stores: &'a Stores,
    found: &'a LiveReads,
    served: ServedKinds,
    now: Timestamp,
    entropy: Entropy,
    queries: RefCell<Vec<Query>>,
    unread: RefCell<BTreeSet<ObjectRef>>,
    unsettled: RefCell<BTreeSet<ObjectRef>>,
}

impl<'a> View<'a> {
    /// # Errors
    /// The operating system gives no random bytes.
    pub(super) fn new(
        cache: &'a Cache,
        stores: &'a Stores,
        found: &'a LiveReads,
    ) -> Result<Self, String> {
        Ok(Self {
            cache,
            stores,
            found,
            served: cache.served(),
            now: Timestamp::now(),
            entropy: fresh_entropy()?,
            queries: RefCell::default(),
            unread: RefCell::default(),
            unsettled: RefCell::default(),
        })
    }

    /// Secrets that must be read before anything can be decided.
    pub fn unread(&self) -> BTreeSet<ObjectRef> {
        self.unread.take()
    }

    /// Objects that were taken for absent because they are not in a store that holds only what has
    /// our label. To be read before the first write.
    pub fn unsettled(&self) -> BTreeSet<ObjectRef> {
        self.unsettled.take()
    }

    pub(super) fn queries(&self) -> Vec<Query> {
        self.queries.take()
    }

    fn ask(&self, query: Query) {
        self.queries.borrow_mut().push(query);
    }

    fn store(&self, kind: Kind) -> Result<&KindStore, NotKnown> {
        self.stores.kinds.get(&kind).ok_or(NotKnown)
    }

    fn secret(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        match self.stores.secret(reference) {
            Observed::Present(secret) => Observed::Present(secret),
            Observed::Absent => Observed::Absent,
            Observed::Unknown => {
                // A read that has failed in this reconciliation is not tried again in it.
                if !self.found.has(reference) {
                    self.unread.borrow_mut().insert(reference.clone());
                }
                Observed::Unknown
            }
        }
    }

    fn labelled(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        if let Some(found) = self.found.objects.get(reference) {
            return found.clone();
        }
        if !self.stores.absent.contains(reference) {
            self.unsettled.borrow_mut().insert(reference.clone());
        }
        Observed::Absent
    }
}

impl Source for View<'_> {
    fn moment(&self) -> Moment<'_> {
        let (settings, served) = (&self.cache.settings, &self.served);
        Moment { settings, served, now: self.now, entropy: self.entropy }
    }

    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        self.ask(Query::object(reference));
        if reference.kind.is_secret() {
            return self.secret(reference);
        }
        match self.stores.object(reference) {
            Some(object) => Observed::Present(object),
            None if is_whole(reference.kind) => Observed::Absent,
            None => self.labelled(reference),
        }
    }

    fn find(&self, search: &Search<'_>) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.ask(Query::search(search));
        let found = self.store(search.kind())?.find(search);
        Ok(found.into_iter().map(Arc::new).collect())
    }

    fn answers(&self, subject: &Subject) -> Vec<Answer> {
        lock(&self.cache.answers).of(subject)
    }
}

/// 32 bytes from the operating system. Where it has none to give, nothing is better than
/// something that could be guessed.
fn fresh_entropy() -> Result<Entropy, String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the operating system gives no random bytes: {error}"))?;
    Ok(Entropy(bytes))
}
