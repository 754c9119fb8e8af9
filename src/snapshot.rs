//! All that render may know: the objects of the cluster, settings, time and entropy.

use crate::action::Subject;
use crate::crd;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::query::{Query, Search};
use crate::question::Fact;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What a read gave. A read that failed, was forbidden or timed out is Unknown, and nothing is
/// written or deleted on the strength of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed<T> {
    Present(T),
    Absent,
    Unknown,
}

/// A read that render needs and that gave Unknown. Ends the rendering of one Subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown;

/// What the operator was told at its start.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The operator's own namespace.
    pub namespace: String,
    /// Whether resources of other namespaces are looked after, too.
    pub watch_other_namespaces: bool,
    /// DNS domain of the cluster, without a dot at either end.
    pub cluster_domain: String,
    /// Service of the HTTP API in the operator's namespace.
    pub api_service: String,
    /// Port of that Service.
    pub api_port: u16,
    /// The bearer token of the HTTP API.
    pub api_token: Option<String>,
    /// Images for every NATS server whose resource names none.
    pub nats_images: NatsImages,
    /// The operator's own image, which backs up and restores where a resource names no other.
    pub operator_image: Option<String>,
}

impl Settings {
    /// The port of the HTTP API where nobody chooses another.
    pub const API_PORT: u16 = 9000;

    /// Whether resources of a namespace are looked after.
    pub fn watches(&self, namespace: &str) -> bool {
        self.watch_other_namespaces || namespace == self.namespace
    }
}

/// The images of the pods of a NATS server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsImages {
    pub server: String,
    /// The Prometheus exporter beside the server.
    pub exporter: String,
}

impl Default for NatsImages {
    fn default() -> Self {
        Self {
            // The current minor version.
            server: "docker.io/library/nats:2.15-alpine".to_owned(),
            exporter: "docker.io/natsio/prometheus-nats-exporter:0.20.1".to_owned(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            namespace: "eevee-bot".to_owned(),
            watch_other_namespaces: false,
            cluster_domain: "cluster.local".to_owned(),
            api_service: "eevee-eevee-operator-service".to_owned(),
            api_port: Self::API_PORT,
            api_token: None,
            nats_images: NatsImages::default(),
            operator_image: None,
        }
    }
}

/// Shows whether there is a token, never the token.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("namespace", &self.namespace)
            .field("watch_other_namespaces", &self.watch_other_namespaces)
            .field("cluster_domain", &self.cluster_domain)
            .field("api_service", &self.api_service)
            .field("api_port", &self.api_port)
            .field("api_token", &self.api_token.as_ref().map(|_| "set"))
            .field("nats_images", &self.nats_images)
            .field("operator_image", &self.operator_image)
            .finish()
    }
}

/// 32 bytes from the operating system, fresh for every live snapshot. The only source of what
/// render generates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entropy(pub [u8; 32]);

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}

/// The kind that the cluster serves each custom resource as, where it is not [`Kind::name`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServedKinds(BTreeMap<Kind, String>);

impl ServedKinds {
    /// Notes what a kind is served as.
    pub fn set(&mut self, kind: Kind, served: impl Into<String>) {
        self.0.insert(kind, served.into());
    }

    /// The kinds that are served under another name, with that name.
    pub fn renamed(&self) -> impl Iterator<Item = (Kind, &str)> {
        self.0.iter().map(|(kind, served)| (*kind, served.as_str()))
    }

    /// What a kind is served as.
    pub fn name(&self, kind: Kind) -> &str {
        self.0.get(&kind).map_or(kind.name(), String::as_str)
    }
}

/// What came of a request that render asked for, the last time it was sent, where it was not done as
/// asked. A request without an answer is an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The object that was to be written.
    pub target: ObjectRef,
    /// Digest of what was asked for: the same request is not sent again.
    pub request: String,
    /// resourceVersion of the live object at the time. The request is sent again when it changes.
    pub resource_version: Option<String>,
    /// Generation of the live object at the time, for kinds that count it. It is compared in place
    /// of the resourceVersion, which moves with every status of a Deployment.
    pub generation: Option<i64>,
    pub outcome: Outcome,
}

impl Answer {
    /// When the request may be sent again although nothing has changed. None for never.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self.outcome {
            Outcome::Refused { retry_at, .. } | Outcome::Told { retry_at, .. } => {
                (retry_at < Timestamp::MAX).then_some(retry_at)
            }
            Outcome::Rewritten { .. } => None,
        }
    }
}

/// What came of a request, where it is not that an object was written as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Refused with an HTTP status code and a message. Sent again after `retry_at`.
    Refused { verb: String, code: u16, message: String, retry_at: Timestamp },
    /// Accepted, but an admission webhook or policy rewrote a field.
    Rewritten { field: String },
    /// The answer to a question. Asked again after `retry_at`.
    Told { fact: Fact, retry_at: Timestamp },
}

/// The cluster, or the neighbourhood of one Subject, at one moment.
#[derive(Clone, Debug)]
pub struct ClusterSnapshot {
    pub settings: Settings,
    pub served: ServedKinds,
    pub now: Timestamp,
    pub entropy: Entropy,
    pub answers: BTreeMap<Subject, Vec<Answer>>,
    /// The Subjects that are rendered, where the snapshot holds the neighbourhoods of these alone.
    /// Empty for all of them.
    pub only: BTreeSet<Subject>,
    objects: BTreeMap<ObjectRef, Observed<Arc<Object>>>,
    /// By [`Object::lookup_uid`].
    owned: BTreeMap<String, BTreeSet<ObjectRef>>,
    unlisted: BTreeSet<Kind>,
    /// The kinds of which an object that is not noted is Unknown.
    by_name: BTreeSet<Kind>,
    /// The lists that a snapshot of a part of the cluster holds. None for the whole cluster.
    lists: Option<BTreeSet<Query>>,
}

impl ClusterSnapshot {
    /// An empty cluster.
    pub fn new(settings: Settings, now: Timestamp, entropy: Entropy) -> Self {
        Self {
            settings,
            served: ServedKinds::default(),
            now,
            entropy,
            answers: BTreeMap::new(),
            only: BTreeSet::new(),
            objects: BTreeMap::new(),
            owned: BTreeMap::new(),
            unlisted: BTreeSet::new(),
            by_name: BTreeSet::new(),
            lists: None,
        }
    }

    /// An empty cluster with the settings of this one.
    pub fn emptied(&self) -> Self {
        Self {
            served: self.served.clone(),
            only: self.only.clone(),
            unlisted: self.unlisted.clone(),
            ..Self::new(self.settings.clone(), self.now, self.entropy)
        }
    }

    /// Adds an object, or replaces the one of its name.
    pub fn insert(&mut self, object: Arc<Object>) {
        self.remove(object.reference());
        if let Some(uid) = object.lookup_uid() {
            self.owned.entry(uid.to_owned()).or_default().insert(object.reference().clone());
        }
        self.objects.insert(object.reference().clone(), Observed::Present(object));
    }

    /// Takes an object out: it is Absent then.
    pub fn remove(&mut self, reference: &ObjectRef) {
        if let Some(Observed::Present(object)) = self.objects.remove(reference)
            && let Some(owned) = object.lookup_uid().and_then(|uid| self.owned.get_mut(uid))
        {
            owned.remove(reference);
        }
    }

    /// Notes that reading one object failed.
    pub fn set_unknown(&mut self, reference: ObjectRef) {
        self.remove(&reference);
        self.objects.insert(reference, Observed::Unknown);
    }

    /// Notes that the objects of a kind could not be listed: what is not in the snapshot is
    /// Unknown then, not Absent.
    pub fn set_unlisted(&mut self, kind: Kind) {
        self.unlisted.insert(kind);
    }

    /// The kinds that could not be listed, sorted.
    pub fn unlisted(&self) -> impl Iterator<Item = Kind> {
        self.unlisted.iter().copied()
    }

    /// From now on whatever is not noted is Unknown: the snapshot is of a part of the cluster.
    pub fn set_partial(&mut self) {
        self.lists.get_or_insert_default();
    }

    /// The snapshot holds all that lists find. Of some kinds there may be objects that no list finds:
    /// one that is not noted is Unknown.
    pub fn set_whole(&mut self, by_name: impl IntoIterator<Item = Kind>) {
        self.lists = None;
        self.by_name.extend(by_name);
    }

    /// Whether the snapshot is of a part of the cluster alone.
    pub fn is_partial(&self) -> bool {
        self.lists.is_some()
    }

    /// Notes what a read gave, that there is no object, too.
    pub fn note(&mut self, reference: &ObjectRef, observed: Observed<Arc<Object>>) {
        match observed {
            Observed::Present(object) => self.insert(object),
            Observed::Unknown => self.set_unknown(reference.clone()),
            Observed::Absent => {
                self.remove(reference);
                self.objects.insert(reference.clone(), Observed::Absent);
            }
        }
    }

    /// What was noted of an object.
    pub fn noted(&self, reference: &ObjectRef) -> Option<&Observed<Arc<Object>>> {
        self.objects.get(reference)
    }

    /// Notes that the snapshot holds all that a query finds.
    pub fn note_query(&mut self, query: Query) {
        self.lists.get_or_insert_default().insert(query);
    }

    /// Whether an object that is not noted may be there all the same.
    fn may_be_there(&self, kind: Kind) -> bool {
        self.is_partial() || self.unlisted.contains(&kind) || self.by_name.contains(&kind)
    }

    fn holds(&self, search: &Search<'_>) -> Result<(), NotKnown> {
        let lists = self.lists.as_ref();
        let is_known = lists.is_none_or(|lists| lists.contains(&Query::search(search)));
        if is_known && !self.unlisted.contains(&search.kind()) { Ok(()) } else { Err(NotKnown) }
    }

    /// What is known of one object.
    pub fn observe(&self, reference: &ObjectRef) -> Observed<&Arc<Object>> {
        match self.objects.get(reference) {
            Some(Observed::Present(object)) => Observed::Present(object),
            Some(Observed::Unknown) => Observed::Unknown,
            None if self.may_be_there(reference.kind) => Observed::Unknown,
            Some(Observed::Absent) | None => Observed::Absent,
        }
    }

    /// One object, or None where it is known to be absent.
    ///
    /// # Errors
    /// [`NotKnown`] when the read failed.
    pub fn get(&self, reference: &ObjectRef) -> Result<Option<&Arc<Object>>, NotKnown> {
        match self.observe(reference) {
            Observed::Present(object) => Ok(Some(object)),
            Observed::Absent => Ok(None),
            Observed::Unknown => Err(NotKnown),
        }
    }

    /// The objects that a search finds, sorted by name.
    ///
    /// # Errors
    /// [`NotKnown`] when the kind could not be listed.
    pub fn find<'a>(
        &'a self,
        search: &Search<'_>,
    ) -> Result<Box<dyn Iterator<Item = &'a Arc<Object>> + 'a>, NotKnown> {
        self.holds(search)?;
        Ok(match *search {
            Search::Of(kind, namespace) => Box::new(self.all(kind, namespace)),
            Search::Referring(index, namespace, value) => {
                let value = value.to_owned();
                let refers = move |object: &&Arc<Object>| {
                    object.plain(index.field()).is_some_and(|found| found == value)
                };
                Box::new(self.all(index.kind(), namespace).filter(refers))
            }
            Search::OwnedBy(uid, kind) => {
                let owned = self.owned.get(uid).into_iter().flatten();
                let of_kind = owned.filter(move |reference| reference.kind == kind);
                Box::new(of_kind.filter_map(|reference| self.present(reference)))
            }
        })
    }

    fn all<'a>(
        &'a self,
        kind: Kind,
        namespace: &str,
    ) -> impl Iterator<Item = &'a Arc<Object>> + use<'a> {
        let namespace = namespace.to_owned();
        let first = ObjectRef::new(kind, namespace.as_str(), "");
        let of_kind = self.objects.range(first..).take_while(move |(reference, _)| {
            reference.kind == kind && reference.namespace == namespace
        });
        of_kind.filter_map(|(_, observed)| match observed {
            Observed::Present(object) => Some(object),
            Observed::Absent | Observed::Unknown => None,
        })
    }

    /// Every object that is present, sorted by kind, namespace and name.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values().filter_map(|observed| match observed {
            Observed::Present(object) => Some(object),
            Observed::Absent | Observed::Unknown => None,
        })
    }

    /// Every object whose read failed, sorted.
    pub fn unknown(&self) -> impl Iterator<Item = &ObjectRef> {
        self.objects.iter().filter_map(|(reference, observed)| match observed {
            Observed::Unknown => Some(reference),
            Observed::Present(_) | Observed::Absent => None,
        })
    }

    /// Takes in all that another snapshot holds: a part of the same cluster.
    pub fn join(&mut self, other: Self) {
        for (reference, observed) in other.objects {
            self.note(&reference, observed);
        }
        self.answers.extend(other.answers);
        self.unlisted.extend(other.unlisted);
        match (&mut self.lists, other.lists) {
            (Some(lists), Some(others)) => lists.extend(others),
            (lists, _) => *lists = None,
        }
    }

    /// Copies what is known of one object from another snapshot.
    pub fn copy(&mut self, from: &Self, reference: &ObjectRef) {
        match from.observe(reference) {
            Observed::Present(object) => self.insert(Arc::clone(object)),
            Observed::Unknown => self.set_unknown(reference.clone()),
            Observed::Absent => self.remove(reference),
        }
    }

    /// Whether resources of a namespace are looked after.
    pub fn watches(&self, namespace: &str) -> bool {
        self.settings.watches(namespace)
    }

    fn present(&self, reference: &ObjectRef) -> Option<&Arc<Object>> {
        match self.objects.get(reference) {
            Some(Observed::Present(object)) => Some(object),
            Some(Observed::Absent | Observed::Unknown) | None => None,
        }
    }
}

/// Whether an owner reference names a custom resource of the operator's, in either casing.
pub fn names_custom_resource(owner: &crate::object::Owner<'_>, kind: Kind) -> bool {
    let group = owner.api_version.split('/').next().unwrap_or_default();
    group == crd::GROUP && owner.kind.eq_ignore_ascii_case(kind.name())
}
