//! The caches at one moment, as rendering asks them.

use super::{Cache, Question, Stores, is_kept, is_whole, lock};
use crate::action::Subject;
use crate::object::{Kind, Object, ObjectRef};
use crate::render::Source;
use crate::snapshot::{ClusterSnapshot, Entropy, NotKnown, Observed, Refusal};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What reads by name have found in the course of one reconciliation.
#[derive(Default)]
pub struct Found {
    objects: BTreeMap<ObjectRef, Observed<Arc<Object>>>,
}

impl Found {
    pub fn note(&mut self, reference: ObjectRef, found: Observed<Arc<Object>>) {
        self.objects.insert(reference, found);
    }

    /// What a read has found, if there was one.
    pub fn get(&self, reference: &ObjectRef) -> Option<&Observed<Arc<Object>>> {
        self.objects.get(reference)
    }

    /// Whether an object was read in this reconciliation.
    pub fn has(&self, reference: &ObjectRef) -> bool {
        self.objects.contains_key(reference)
    }

    /// Whether some object is there that no watch of ours tells of.
    pub fn any_unwatched(&self) -> bool {
        self.objects.values().any(|found| match found {
            Observed::Present(object) => {
                object.reference().kind != Kind::Secret && !is_kept(object)
            }
            Observed::Absent | Observed::Unknown => false,
        })
    }
}

/// The caches at one moment.
pub struct View<'a> {
    cache: &'a Cache,
    stores: &'a Stores,
    found: &'a Found,
    now: Timestamp,
    entropy: Entropy,
    questions: RefCell<Vec<Question>>,
    unread: RefCell<BTreeSet<ObjectRef>>,
    unsettled: RefCell<BTreeSet<ObjectRef>>,
}

impl<'a> View<'a> {
    /// # Errors
    /// The operating system gives no random bytes.
    pub(super) fn new(
        cache: &'a Cache,
        stores: &'a Stores,
        found: &'a Found,
    ) -> Result<Self, String> {
        Ok(Self {
            cache,
            stores,
            found,
            now: Timestamp::now(),
            entropy: fresh_entropy()?,
            questions: RefCell::default(),
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

    pub(super) fn questions(&self) -> Vec<Question> {
        self.questions.take()
    }

    fn ask(&self, question: Question) {
        self.questions.borrow_mut().push(question);
    }

    fn secret(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        match self.stores.secrets.observe(reference) {
            Observed::Present(secret) => Observed::Present(Arc::new(secret)),
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
    fn emptied(&self) -> ClusterSnapshot {
        let mut empty = ClusterSnapshot::new(self.cache.settings.clone(), self.now, self.entropy);
        empty.served = self.cache.served();
        empty
    }

    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        self.ask(Question::object(reference));
        if reference.kind == Kind::Secret {
            return self.secret(reference);
        }
        let store = self.stores.kinds.get(&reference.kind);
        match store.and_then(|store| store.get(reference)) {
            Some(object) => Observed::Present(Arc::new(object)),
            None if is_whole(reference.kind) => Observed::Absent,
            None => self.labelled(reference),
        }
    }

    fn ipc_configs(&self, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.ask(Question::ipc_configs(namespace));
        let store = self.stores.kinds.get(&Kind::IpcConfig).ok_or(NotKnown)?;
        Ok(store.list(Some(namespace)).map(Arc::new).collect())
    }

    fn token_seekers(&self, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.ask(Question::token_seekers(namespace));
        let store = self.stores.kinds.get(&Kind::BotModule).ok_or(NotKnown)?;
        Ok(store.token_seekers(namespace).map(Arc::new).collect())
    }

    fn owned_by(&self, uid: &str, kind: Kind) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.ask(Question::owned_by(uid, kind));
        let store = self.stores.kinds.get(&kind).ok_or(NotKnown)?;
        Ok(store.owned_by(uid).map(Arc::new).collect())
    }

    fn refusals(&self, subject: &Subject) -> Vec<Refusal> {
        lock(&self.cache.refusals).of(subject)
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
