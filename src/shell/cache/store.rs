//! The objects of one kind, as the API server last told of them.

use super::recent::parse;
use super::version::Version;
use crate::kinds::{Index, Kind, Maker};
use crate::object::{Object, ObjectRef};
use crate::query::Search;
use crate::shell::skim::Skim;
use serde::de::DeserializeSeed;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

/// What is told of an object: it is there like this, or it has gone.
#[derive(Clone, Debug)]
pub enum WatchEvent {
    Present(Object),
    Gone(Object),
}

/// The part of an object that determines which Subjects depend on it.
#[derive(Clone, Debug)]
pub struct IndexEntry {
    pub reference: ObjectRef,
    /// See [`Object::lookup_uid`].
    pub owner: Option<Box<str>>,
    /// What stands in the indexed fields.
    pub fields: Fields,
}

/// The values of an object's indexed fields.
pub type Fields = Box<[(Index, Box<str>)]>;

/// An object before and after a change.
pub type IndexChange = (Option<IndexEntry>, Option<IndexEntry>);

/// More is known already than what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale;

/// Objects of one kind as compact JSON: a tree of maps would take ten times the memory.
///
/// Older news than what is known is passed over, whichever way it comes. Where versions do not say
/// which is older, what a watch or a list tells is the truth, and an answer to a request
/// counts until one of them speaks.
pub struct KindStore {
    kind: Kind,
    /// By `namespace/name`: a slash is in neither.
    entries: BTreeMap<Box<str>, Entry>,
    by_owner: HashMap<Box<str>, Vec<Box<str>>>,
    /// By the values of indexed fields.
    by_field: BTreeMap<(Index, Box<str>), BTreeSet<Box<str>>>,
    /// Objects that we deleted in some version: a late watch event must not bring them back.
    deleted: HashMap<Box<str>, Version>,
    /// The newest version that the watch has told of.
    watched: Option<Version>,
    /// When the watch last told of anything.
    told_at: Option<Instant>,
    relist: Option<Relist>,
    is_filled: bool,
    listed_at: Option<Instant>,
}

#[derive(Clone)]
struct Entry {
    version: Version,
    /// See [`Object::lookup_uid`].
    owner: Option<Box<str>>,
    fields: Fields,
    json: Arc<[u8]>,
}

/// A list that is coming in, page by page, and what we did meanwhile.
struct Relist {
    began: Instant,
    entries: Entries,
    written: Entries,
    deleted: BTreeMap<Box<str>, Version>,
}

impl Relist {
    fn new() -> Self {
        let (entries, written, deleted) = Default::default();
        Self { began: Instant::now(), entries, written, deleted }
    }

    /// What the list says, less what is older than our own deeds.
    fn with_answers(mut self) -> Entries {
        for (key, written) in self.written {
            if let Some(listed) = self.entries.get_mut(&key)
                && listed.version < written.version
            {
                *listed = written;
            }
        }
        for (key, version) in self.deleted {
            if self.entries.get(&key).is_some_and(|listed| listed.version <= version) {
                self.entries.remove(&key);
            }
        }
        // Maps that grow key by key, in order, are half empty; those that are made of all keys at once are full.
        self.entries.into_iter().collect()
    }
}

impl KindStore {
    /// An empty store of one kind.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            entries: BTreeMap::new(),
            by_owner: HashMap::new(),
            by_field: BTreeMap::new(),
            deleted: HashMap::new(),
            watched: None,
            told_at: None,
            relist: None,
            is_filled: false,
            listed_at: None,
        }
    }

    /// Whether a whole list has come in once.
    pub fn is_filled(&self) -> bool {
        self.is_filled
    }

    /// One object.
    pub fn get(&self, reference: &ObjectRef) -> Option<Object> {
        parse(self.json(reference)?)
    }

    /// One object as compact JSON.
    pub fn json(&self, reference: &ObjectRef) -> Option<&Arc<[u8]>> {
        let entry = self.entries.get(&*key(&reference.namespace, &reference.name))?;
        Some(&entry.json)
    }

    /// Whether there is an object.
    pub fn has(&self, reference: &ObjectRef) -> bool {
        self.entries.contains_key(&*key(&reference.namespace, &reference.name))
    }

    /// The objects of a namespace, or of all, sorted by name.
    pub fn list<'a>(&'a self, namespace: Option<&str>) -> impl Iterator<Item = Object> + 'a {
        self.entries_in(namespace).filter_map(|entry| parse(&entry.json))
    }

    /// Kind, namespace and name of every object, sorted.
    pub fn references(&self) -> impl Iterator<Item = ObjectRef> {
        self.entries.keys().map(|key| self.reference(key))
    }

    /// The namespaces of all objects, each once.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        let namespaces = self.entries.keys().filter_map(|key| Some(key.split_once('/')?.0));
        namespaces.filter(move |namespace| last.replace(*namespace) != Some(*namespace))
    }

    /// The objects that a search finds, sorted by name.
    pub fn find(&self, search: &Search<'_>) -> Vec<Object> {
        match *search {
            Search::Of(_, namespace) => self.list(Some(namespace)).collect(),
            Search::OwnedBy(uid, _) => {
                self.parsed(self.by_owner.get(uid).into_iter().flatten()).collect()
            }
            Search::Referring(index, namespace, value) => {
                let prefix = format!("{namespace}/").into_boxed_str();
                let keys = self.by_field.get(&(index, value.into())).into_iter();
                let keys = keys.flat_map(|keys| keys.range(prefix.clone()..));
                self.parsed(keys.take_while(|key| key.starts_with(&*prefix))).collect()
            }
        }
    }

    /// The objects of a namespace, as far as an overview shows them, sorted by name.
    pub fn skimmed(&self, namespace: &str) -> impl Iterator<Item = Object> {
        let here = self.entries_in(Some(namespace));
        here.filter_map(|entry| Object::new(skimmed(self.kind, &entry.json)?, ""))
    }

    fn entries_in<'a>(
        &'a self,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let prefix = namespace.map(|namespace| format!("{namespace}/")).unwrap_or_default();
        let entries = self.entries.range(prefix.clone().into_boxed_str()..);
        entries.take_while(move |(key, _)| key.starts_with(&prefix)).map(|(_, entry)| entry)
    }

    fn parsed<'a>(
        &'a self,
        keys: impl Iterator<Item = &'a Box<str>>,
    ) -> impl Iterator<Item = Object> {
        keys.filter_map(|key| parse(&self.entries.get(key)?.json))
    }

    /// The namespaces of the objects in which an indexed field has this value.
    pub fn namespaces_of(&self, index: Index, value: &str) -> BTreeSet<String> {
        let keys = self.by_field.get(&(index, value.into())).into_iter().flatten();
        keys.filter_map(|key| key.split_once('/'))
            .map(|(namespace, _)| namespace.to_owned())
            .collect()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How much is kept: objects, and what is remembered about them.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        self.entries.len() + self.by_owner.len() + self.by_field.len() + self.deleted.len()
    }

    /// Takes in what the watch tells.
    pub fn watched(&mut self, news: &WatchEvent) -> Result<IndexChange, Stale> {
        let (WatchEvent::Present(object) | WatchEvent::Gone(object)) = news;
        let version = Version::of(object);
        let key = key(&object.reference().namespace, &object.reference().name);
        let is_old = self.deleted.get(&key).is_some_and(|deleted| version <= *deleted)
            || self.entries.get(&key).is_some_and(|known| version <= known.version);
        self.told(&version);
        if is_old {
            return Err(Stale);
        }
        Ok(match news {
            WatchEvent::Present(object) => self.take_in(&key, object, version)?,
            WatchEvent::Gone(_) => (self.take(&key), None),
        })
    }

    /// The watch tells of every object in order: nothing older will come.
    fn told(&mut self, version: &Version) {
        self.told_at = Some(Instant::now());
        if version.is_number() && self.watched.as_ref().is_none_or(|watched| version > watched) {
            self.deleted.retain(|_, deleted| *deleted >= *version);
            self.watched = Some(version.clone());
        }
    }

    /// Takes in an answer to a request that was sent at a time: the cache has seen our own
    /// write then.
    pub fn answered(&mut self, object: &Object, sent: Instant) -> Result<IndexChange, Stale> {
        let version = Version::of(object);
        let key = key(&object.reference().namespace, &object.reference().name);
        let known = self.entries.get(&key);
        let is_old = known.is_some_and(|known| version <= known.version)
            || self.watched.as_ref().is_some_and(|watched| version <= *watched)
            || self.deleted.get(&key).is_some_and(|deleted| version <= *deleted);
        if is_old || self.is_unclear(known, &version, sent) {
            return Err(Stale);
        }
        let entry = entry(object, version);
        if let Some(relist) = &mut self.relist {
            relist.written.insert(key.clone(), entry.clone());
        }
        Ok(self.put_entry(&key, entry))
    }

    /// Whether the answer to a request that was sent at a time may be older than what is known.
    fn is_unclear(&self, known: Option<&Entry>, version: &Version, sent: Instant) -> bool {
        let compares = version.is_number() && known.is_none_or(|known| known.version.is_number());
        let was_told = self.told_at.is_some_and(|told| told >= sent);
        // A list that does not hold the object may be older than the answer, or newer, and nothing
        // in it says so.
        let was_listed = self.listed_at.is_some_and(|listed| listed >= sent)
            || self.relist.as_ref().is_some_and(|relist| relist.began >= sent);
        was_listed && (known.is_none() || !compares) || was_told && !compares
    }

    /// Takes in that an object is not there any more, although it was in this version.
    pub fn deleted(
        &mut self,
        reference: &ObjectRef,
        version: &Version,
    ) -> Result<IndexChange, Stale> {
        let key = key(&reference.namespace, &reference.name);
        let was_this = |known: &Entry| known.version <= *version;
        if !self.entries.get(&key).is_none_or(was_this) {
            return Err(Stale);
        }
        if version.is_number() && self.watched.as_ref().is_none_or(|watched| version >= watched) {
            self.deleted.insert(key.clone(), version.clone());
        }
        if let Some(relist) = &mut self.relist {
            relist.deleted.insert(key.clone(), version.clone());
        }
        Ok((self.take(&key), None))
    }

    /// A list begins.
    pub fn begin_list(&mut self) {
        self.relist = Some(Relist::new());
    }

    /// An item of the list.
    pub fn list_item(&mut self, object: &Object) {
        let Some(relist) = &mut self.relist else { return };
        let (key, version) =
            (key(&object.reference().namespace, &object.reference().name), Version::of(object));
        if !relist.entries.get(&key).is_some_and(|listed| version <= listed.version) {
            let same = self.entries.get(&key).filter(|known| known.version == version);
            let entry = same.map_or_else(|| entry(object, version), Entry::clone);
            relist.entries.insert(key, entry);
        }
    }

    /// The list is whole. Gives what it changes.
    pub fn end_list(&mut self) -> Vec<IndexChange> {
        let Some(relist) = self.relist.take() else { return Vec::new() };
        let before = std::mem::replace(&mut self.entries, relist.with_answers());
        self.deleted.clear();
        self.index_anew();
        self.watched = self.newest().cloned();
        self.is_filled = true;
        self.listed_at = Some(Instant::now());
        self.changes(&before)
    }

    fn newest(&self) -> Option<&Version> {
        let versions = self.entries.values().map(|entry| &entry.version);
        versions
            .filter(|version| version.is_number())
            .reduce(|newest, version| if version > newest { version } else { newest })
    }

    fn changes(&self, before: &Entries) -> Vec<IndexChange> {
        let gone = before.iter().filter(|(key, _)| !self.entries.contains_key(*key));
        let gone = gone.map(|(key, entry)| (Some(self.trace(key, entry)), None));
        let changed = self.entries.iter().filter_map(|(key, entry)| {
            let known = before.get(key);
            let is_same = known.is_some_and(|known| known.version == entry.version);
            let known = known.map(|known| self.trace(key, known));
            (!is_same).then(|| (known, Some(self.trace(key, entry))))
        });
        gone.chain(changed).collect()
    }

    /// What is kept of an object may be as before, though its version is another: the status of a
    /// ReplicaSet counts its pods, which concerns nobody.
    fn take_in(
        &mut self,
        key: &str,
        object: &Object,
        version: Version,
    ) -> Result<IndexChange, Stale> {
        let entry = entry(object, version);
        match self.entries.get_mut(key) {
            Some(known) if known.json == entry.json => {
                known.version = entry.version;
                Err(Stale)
            }
            _ => Ok(self.put_entry(key, entry)),
        }
    }

    fn put_entry(&mut self, key: &str, entry: Entry) -> IndexChange {
        let before = self.take(key);
        self.index(key, &entry);
        let after = self.trace(key, &entry);
        self.entries.insert(key.into(), entry);
        (before, Some(after))
    }

    fn reference(&self, key: &str) -> ObjectRef {
        let (namespace, name) = key.split_once('/').unwrap_or_default();
        ObjectRef::new(self.kind, namespace, name)
    }

    fn trace(&self, key: &str, entry: &Entry) -> IndexEntry {
        let (owner, fields) = (entry.owner.clone(), entry.fields.clone());
        IndexEntry { reference: self.reference(key), owner, fields }
    }

    fn index(&mut self, key: &str, entry: &Entry) {
        if let Some(owner) = &entry.owner {
            self.by_owner.entry(owner.clone()).or_default().push(key.into());
        }
        for field in &entry.fields {
            self.by_field.entry(field.clone()).or_default().insert(key.into());
        }
    }

    fn index_anew(&mut self) {
        self.by_owner.clear();
        self.by_field.clear();
        let entries = std::mem::take(&mut self.entries);
        for (key, entry) in &entries {
            self.index(key, entry);
        }
        self.entries = entries;
    }

    fn take(&mut self, key: &str) -> Option<IndexEntry> {
        let entry = self.entries.remove(key)?;
        for field in &entry.fields {
            if let Some(keys) = self.by_field.get_mut(field) {
                keys.remove(key);
                if keys.is_empty() {
                    self.by_field.remove(field);
                }
            }
        }
        if let Some(owner) = &entry.owner
            && let Some(owned) = self.by_owner.get_mut(owner)
        {
            owned.retain(|owned| &**owned != key);
            if owned.is_empty() {
                self.by_owner.remove(owner);
            }
        }
        Some(self.trace(key, &entry))
    }
}

type Entries = BTreeMap<Box<str>, Entry>;

fn key(namespace: &str, name: &str) -> Box<str> {
    format!("{namespace}/{name}").into_boxed_str()
}

fn entry(object: &Object, version: Version) -> Entry {
    let owner = object.lookup_uid().map(Into::into);
    let kind = object.reference().kind;
    // Nothing is ever written to what the cluster's own controllers make, so that nobody asks for
    // the version of it.
    let json = match kind.made_by() {
        Maker::Cluster => without_version(object.value()),
        Maker::User | Maker::Operator => to_json(object.value()),
    };
    let value = |index: Index| Some((index, object.plain(index.field())?.into()));
    Entry { version, owner, fields: Index::of(kind).filter_map(value).collect(), json }
}

fn to_json(value: &Value) -> Arc<[u8]> {
    // A Value has only text keys: this cannot fail.
    serde_json::to_vec(value).unwrap_or_default().into()
}

fn without_version(value: &Value) -> Arc<[u8]> {
    let mut value = value.clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
    }
    to_json(&value)
}

/// An object out of JSON, as far as an overview shows it.
fn skimmed(kind: Kind, json: &[u8]) -> Option<Value> {
    Skim(kind.shows()).deserialize(&mut serde_json::Deserializer::from_slice(json)).ok()
}
