//! What the watches tell of the cluster, kept small, and which Subjects each change affects.

mod answers;
mod glance;
mod readers;
mod recent;
mod secrets;
mod store;
#[cfg(test)]
mod tests;
mod version;
mod view;

pub use store::WatchEvent;
pub use version::Version;
pub use view::{LiveReads, View};

use crate::action::Subject;
use crate::kinds::{Cached, Index, Kind};
use crate::names::{self, MANAGED_BY};
use crate::object::{Object, ObjectRef};
use crate::query::{Query, Search};
use crate::render;
use crate::snapshot::{Observed, ServedKinds, Settings};
use answers::Answers;
use glance::OverviewSource;
use readers::Readers;
use recent::Recent;
use secrets::Secrets;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, RwLock};
use std::time::Instant;
use store::{IndexChange, IndexEntry, KindStore, Stale};

/// Whether the store of a kind holds every object that rendering may ask for. That of another kind
/// holds what has our label: what is not in it may be there all the same.
pub fn is_whole(kind: Kind) -> bool {
    matches!(kind.caching(), Cached::All | Cached::Named(_))
}

/// Whether an object belongs into the store of its kind.
pub fn is_kept(object: &Object) -> bool {
    let ObjectRef { kind, name, .. } = object.reference();
    match kind.caching() {
        Cached::All => true,
        Cached::Named(is_kept) => is_kept(name),
        Cached::Labelled => object.label(MANAGED_BY) == Some(names::OPERATOR),
        Cached::Names => false,
    }
}

/// The caches of the operator. Every method is short and waits for no one but other methods.
pub struct Cache {
    settings: Settings,
    served: RwLock<ServedKinds>,
    stores: RwLock<Stores>,
    readers: Mutex<Readers>,
    answers: Mutex<Answers>,
    changes: AtomicU64,
    complained: Once,
}

/// What is known, under one lock, so that a rendering sees one moment.
struct Stores {
    kinds: BTreeMap<Kind, KindStore>,
    secrets: Secrets,
    recent: Recent,
    /// Objects without our label that a read by name has found absent.
    absent: HashSet<ObjectRef>,
    /// The namespaces that have a Secret for the API token.
    token_secrets: BTreeSet<String>,
}

/// The Subjects that a change concerns.
pub type Affected = HashSet<Arc<Subject>>;

impl Cache {
    pub fn new(settings: Settings) -> Self {
        let kinds = Kind::cached().map(|kind| (kind, KindStore::new(kind))).collect();
        Self {
            settings,
            served: RwLock::default(),
            stores: RwLock::new(Stores {
                kinds,
                secrets: Secrets::default(),
                recent: Recent::default(),
                absent: HashSet::new(),
                token_secrets: BTreeSet::new(),
            }),
            readers: Mutex::default(),
            answers: Mutex::default(),
            changes: AtomicU64::new(0),
            complained: Once::new(),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The kind that each custom resource is served as.
    pub fn served(&self) -> ServedKinds {
        read(&self.served).clone()
    }

    pub fn set_served(&self, served: ServedKinds) {
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = served;
    }

    /// The kinds whose first list has not come in yet.
    pub fn unfilled(&self) -> Vec<Kind> {
        let stores = read(&self.stores);
        let unfilled = stores.kinds.iter().filter(|(_, store)| !store.is_filled());
        let secrets = (!stores.secrets.is_filled()).then_some(Kind::Secret);
        unfilled.map(|(kind, _)| *kind).chain(secrets).collect()
    }

    /// Every Subject of the cluster: what a new leader looks at.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        let stores = read(&self.stores);
        let resources = render::kinds().filter_map(|kind| stores.kinds.get(&kind));
        let mut subjects: BTreeSet<Subject> =
            resources.flat_map(KindStore::references).map(Subject::Resource).collect();
        subjects.insert(Subject::Operator);
        let seekers = stores.kinds.get(&Index::WANTS_API_TOKEN.kind());
        let seekers = seekers
            .into_iter()
            .flat_map(|store| store.namespaces_of(Index::WANTS_API_TOKEN, "true"));
        let with_secret = stores.token_secrets.iter().cloned();
        subjects.extend(seekers.chain(with_secret).map(Subject::Namespace));
        subjects
    }

    /// The objects of a kind in a namespace, or in all, sorted by name.
    pub fn list(&self, kind: Kind, namespace: Option<&str>) -> Vec<Object> {
        let stores = read(&self.stores);
        stores.kinds.get(&kind).map(|store| store.list(namespace).collect()).unwrap_or_default()
    }

    /// An object of which the caches know.
    pub fn get(&self, reference: &ObjectRef) -> Option<Object> {
        read(&self.stores).kinds.get(&reference.kind)?.get(reference)
    }

    /// The objects of a kind that belong to an owner.
    pub fn owned_by(&self, uid: &str, kind: Kind) -> Vec<Object> {
        let stores = read(&self.stores);
        stores
            .kinds
            .get(&kind)
            .map(|store| store.find(&Search::OwnedBy(uid, kind)))
            .unwrap_or_default()
    }

    /// Whether the caches know of an object.
    pub fn has(&self, reference: &ObjectRef) -> bool {
        read(&self.stores).kinds.get(&reference.kind).is_some_and(|store| store.has(reference))
    }

    /// How many objects of a kind are kept.
    pub fn count(&self, kind: Kind) -> usize {
        read(&self.stores).kinds.get(&kind).map_or(0, KindStore::len)
    }

    /// Takes in an event of a watch.
    pub fn watched(&self, news: &WatchEvent) -> Affected {
        let (WatchEvent::Present(object) | WatchEvent::Gone(object)) = news;
        self.check(object.reference(), &Version::of(object));
        if matches!(news, WatchEvent::Gone(_)) {
            // A new object of the same name starts without answers.
            lock(&self.answers).forget(&Subject::Resource(object.reference().clone()));
        }
        let mut stores = self.write();
        stores.absent.remove(object.reference());
        match stores.store(object.reference().kind).map(|store| store.watched(news)) {
            Some(Ok(change)) => self.affected(&change),
            Some(Err(Stale)) | None => Affected::new(),
        }
    }

    /// A list of a kind begins.
    pub fn begin_list(&self, kind: Kind) {
        self.write().store(kind).into_iter().for_each(KindStore::begin_list);
    }

    /// An item of the list.
    pub fn list_item(&self, object: &Object) {
        let at = object.reference();
        self.check(at, &Version::of(object));
        self.write().store(at.kind).into_iter().for_each(|store| store.list_item(object));
    }

    /// The list of a kind is whole.
    pub fn end_list(&self, kind: Kind) -> Affected {
        let mut stores = self.write();
        let changes = stores.store(kind).map(KindStore::end_list).unwrap_or_default();
        // A label may have been lost meanwhile, and given back.
        stores.absent.retain(|reference| reference.kind != kind);
        changes.iter().flat_map(|change| self.affected(change)).collect()
    }

    /// Takes in that the watch of Secrets told of one: that it is there, or that it has gone.
    pub fn watched_secret(
        &self,
        reference: &ObjectRef,
        version: &Version,
        is_there: bool,
    ) -> Affected {
        self.check(reference, version);
        let mut stores = self.write();
        let mut affected = Affected::new();
        if stores.secrets.watched(reference, version) {
            affected = lock(&self.readers).of(&[Query::object(reference)]);
        }
        if reference.name == names::API_TOKEN_SECRET {
            if is_there {
                stores.token_secrets.insert(reference.namespace.clone());
            } else {
                stores.token_secrets.remove(&reference.namespace);
            }
            affected.insert(Arc::new(Subject::Namespace(reference.namespace.clone())));
        }
        affected
    }

    /// The list of Secrets is whole.
    pub fn listed_secrets(&self, list: &HashMap<ObjectRef, Version>) -> Affected {
        for (listed, version) in list {
            self.check(listed, version);
        }
        let mut stores = self.write();
        let doubtful = stores.secrets.listed(list);
        let token_secrets = list.keys().filter(|listed| listed.name == names::API_TOKEN_SECRET);
        stores.token_secrets = token_secrets.map(|listed| listed.namespace.clone()).collect();
        let questions: Vec<Query> = doubtful.iter().map(Query::object).collect();
        lock(&self.readers).of(&questions)
    }

    /// Takes in an object that a request brought, sent at a time, so that the next decision
    /// sees it.
    pub fn answered(&self, object: &Object, sent: Instant) -> Affected {
        let reference = object.reference();
        let mut stores = self.write();
        if reference.kind.is_secret() {
            if self.is_asked(reference) && stores.secrets.answered(reference, Some(object), sent) {
                return lock(&self.readers).of(&[Query::object(reference)]);
            }
            return Affected::new();
        }
        stores.absent.remove(reference);
        if !is_kept(object) {
            return Affected::new();
        }
        match stores.store(reference.kind).map(|store| store.answered(object, sent)) {
            Some(Ok(change)) => self.affected(&change),
            Some(Err(Stale)) | None => Affected::new(),
        }
    }

    /// Notes which objects are about to be read: what the watch tells meanwhile is not lost.
    pub fn expect(&self, references: &BTreeSet<ObjectRef>) {
        let secrets = references.iter().filter(|reference| reference.kind.is_secret());
        let mut stores = self.write();
        secrets
            .filter(|reference| self.is_asked(reference))
            .for_each(|reference| stores.secrets.expect(reference));
    }

    /// Takes in that a read by name, sent at a time, found nothing.
    pub fn found_absent(&self, reference: &ObjectRef, sent: Instant) {
        let mut stores = self.write();
        if !self.is_asked(reference) {
            return;
        }
        if reference.kind.is_secret() {
            stores.secrets.answered(reference, None, sent);
        } else {
            stores.absent.insert(reference.clone());
        }
    }

    /// Takes in that an object is gone that was in this version.
    pub fn deleted(&self, reference: &ObjectRef, version: &Version) -> Affected {
        let mut stores = self.write();
        if reference.kind.is_secret() {
            stores.secrets.doubt(reference);
            return lock(&self.readers).of(&[Query::object(reference)]);
        }
        match stores.store(reference.kind).map(|store| store.deleted(reference, version)) {
            Some(Ok(change)) => self.affected(&change),
            Some(Err(Stale)) | None => Affected::new(),
        }
    }

    /// Casts doubt on what is known of a Secret.
    pub fn doubt(&self, reference: &ObjectRef) {
        self.write().secrets.doubt(reference);
    }

    /// Forgets all that a Subject has left behind.
    pub fn forget(&self, subject: &Subject) {
        lock(&self.answers).forget(subject);
        lock(&self.readers).forget(subject);
        self.drop_unasked();
    }

    /// Nobody asks anything any more: this replica looks after nothing.
    pub fn rest(&self) {
        lock(&self.readers).clear();
        self.drop_unasked();
    }

    /// Forgets what was only known because somebody asked. Data of Secrets is among it.
    fn drop_unasked(&self) {
        let mut stores = self.write();
        let readers = lock(&self.readers);
        stores.secrets.retain(|reference| readers.is_asked(Query::object(reference)));
        stores.absent.retain(|reference| readers.is_asked(Query::object(reference)));
    }

    fn is_asked(&self, reference: &ObjectRef) -> bool {
        lock(&self.readers).is_asked(Query::object(reference))
    }

    /// What is remembered of the API server's answers.
    pub fn answers(&self) -> MutexGuard<'_, Answers> {
        lock(&self.answers)
    }

    /// The Subjects that have to know when something is said of an object.
    pub fn readers_of(&self, reference: &ObjectRef) -> Affected {
        lock(&self.readers).of(&[Query::object(reference)])
    }

    /// Looks at the caches as they are at one moment, and notes what is asked.
    ///
    /// # Errors
    /// The operating system gives no random bytes, without which nothing can be decided.
    pub fn look<T>(
        &self,
        subject: &Subject,
        found: &LiveReads,
        look: impl FnOnce(&View<'_>) -> T,
    ) -> Result<T, String> {
        let stores = read(&self.stores);
        let view = View::new(self, &stores, found)?;
        let outcome = look(&view);
        // While the stores are locked: no change can come between the look and the note.
        let asks_less = lock(&self.readers).note(subject, view.queries());
        drop(view);
        drop(stores);
        if asks_less {
            self.drop_unasked();
        }
        Ok(outcome)
    }

    /// Looks at the caches as they are at one moment, without a trace.
    pub fn glance(&self) -> OverviewSource<'_> {
        OverviewSource::new(self)
    }

    /// Another number whenever something may have changed since.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Says once that versions of this API server cannot be compared.
    fn check(&self, reference: &ObjectRef, version: &Version) {
        if !version.is_number() {
            self.complained.call_once(|| {
                tracing::warn!(
                    object = %reference,
                    resource_version = version.as_str(),
                    "a resourceVersion is no decimal number: of two states of an object the one that comes last is taken for the newest"
                );
            });
        }
    }

    /// The Subjects that a change of an object affects.
    fn affected(&self, (before, after): &IndexChange) -> Affected {
        let mut queries = Vec::new();
        let mut subjects = Affected::new();
        for IndexEntry { reference: at, owner, fields } in [before, after].into_iter().flatten() {
            queries.push(Query::object(at));
            queries.push(Query::search(&Search::Of(at.kind, &at.namespace)));
            for (index, value) in fields {
                queries.push(Query::search(&Search::Referring(*index, &at.namespace, value)));
            }
            let wants_token = (Index::WANTS_API_TOKEN, "true".into());
            if fields.contains(&wants_token) {
                subjects.insert(Arc::new(Subject::Namespace(at.namespace.clone())));
            }
            queries.extend(owner.as_ref().map(|uid| Query::search(&Search::OwnedBy(uid, at.kind))));
            if render::is_rendered(at.kind) {
                subjects.insert(Arc::new(Subject::Resource(at.clone())));
            }
        }
        subjects.extend(lock(&self.readers).of(&queries));
        subjects
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Stores> {
        let stores = self.stores.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever has seen the new number waits for this lock, and sees the change.
        self.changes.fetch_add(1, Ordering::Release);
        stores
    }
}

impl Stores {
    fn store(&mut self, kind: Kind) -> Option<&mut KindStore> {
        self.kinds.get_mut(&kind)
    }

    fn object(&self, reference: &ObjectRef) -> Option<Arc<Object>> {
        self.recent.object(self.kinds.get(&reference.kind)?.json(reference)?)
    }

    /// Parsed each time: a Secret goes as soon as nobody asks for it.
    fn secret(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        match self.secrets.observe(reference) {
            Observed::Present(secret) => Observed::Present(Arc::new(secret)),
            Observed::Absent => Observed::Absent,
            Observed::Unknown => Observed::Unknown,
        }
    }
}

// A panic in a short method leaves nothing half done that a later one could not mend.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}
