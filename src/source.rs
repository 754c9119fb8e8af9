//! What render may ask of a cluster, and a record of what it asked.

use crate::action::Subject;
use crate::kinds::{Index, Kind};
use crate::object::{Object, ObjectRef};
use crate::query::{Query, Search};
use crate::snapshot::{
    Answer, ClusterSnapshot, Entropy, NotKnown, Observed, ServedKinds, Settings,
};
use jiff::Timestamp;
use std::cell::RefCell;
use std::sync::Arc;

/// The settings of the operator, the kinds that the cluster serves, the time, and what secrets are made
/// from.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    pub settings: &'a Settings,
    pub served: &'a ServedKinds,
    pub now: Timestamp,
    pub entropy: Entropy,
}

/// A cluster: a snapshot, or the caches of the shell. Render reads nothing else, so that whatever
/// notes the questions knows on what a decision depends.
pub trait Source {
    /// What holds whatever is asked.
    fn moment(&self) -> Moment<'_>;

    /// What is known of one object.
    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>>;

    /// The objects that a search finds, sorted by name.
    ///
    /// # Errors
    /// [`NotKnown`] when the kind could not be listed.
    fn find(&self, search: &Search<'_>) -> Result<Vec<Arc<Object>>, NotKnown>;

    /// How the API server answered what this Subject asked for before.
    fn answers(&self, subject: &Subject) -> Vec<Answer>;

    /// An object, or None where it is known to be absent.
    ///
    /// # Errors
    /// [`NotKnown`] when the read failed.
    fn get(&self, reference: &ObjectRef) -> Result<Option<Arc<Object>>, NotKnown> {
        match self.observe(reference) {
            Observed::Present(object) => Ok(Some(object)),
            Observed::Absent => Ok(None),
            Observed::Unknown => Err(NotKnown),
        }
    }

    /// The objects of one kind in one namespace, sorted by name.
    ///
    /// # Errors
    /// As for [`Source::find`].
    fn list(&self, kind: Kind, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.find(&Search::Of(kind, namespace))
    }

    /// Looks at the objects of one kind in one namespace one after the other, sorted by name. Who only looks holds
    /// no more than one at a time.
    ///
    /// # Errors
    /// As for [`Source::find`].
    fn visit(
        &self,
        kind: Kind,
        namespace: &str,
        look: &mut dyn FnMut(&Object),
    ) -> Result<(), NotKnown> {
        self.list(kind, namespace)?.iter().for_each(|object| look(object));
        Ok(())
    }

    /// The objects of a namespace in which the field of an index has this value, sorted by name.
    ///
    /// # Errors
    /// As for [`Source::find`].
    fn referrers(
        &self,
        index: Index,
        namespace: &str,
        value: &str,
    ) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.find(&Search::Referring(index, namespace, value))
    }

    /// The objects of a kind that a controller has made, by its uid, sorted by name.
    ///
    /// # Errors
    /// As for [`Source::find`].
    fn owned_by(&self, uid: &str, kind: Kind) -> Result<Vec<Arc<Object>>, NotKnown> {
        self.find(&Search::OwnedBy(uid, kind))
    }

    fn settings(&self) -> &Settings {
        self.moment().settings
    }

    fn served(&self) -> &ServedKinds {
        self.moment().served
    }

    fn now(&self) -> Timestamp {
        self.moment().now
    }

    fn entropy(&self) -> Entropy {
        self.moment().entropy
    }

    /// Whether resources of a namespace are looked after.
    fn watches(&self, namespace: &str) -> bool {
        self.settings().watches(namespace)
    }
}

impl Source for ClusterSnapshot {
    fn moment(&self) -> Moment<'_> {
        let Self { settings, served, now, entropy, .. } = self;
        Moment { settings, served, now: *now, entropy: *entropy }
    }

    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        match self.observe(reference) {
            Observed::Present(object) => Observed::Present(Arc::clone(object)),
            Observed::Absent => Observed::Absent,
            Observed::Unknown => Observed::Unknown,
        }
    }

    fn find(&self, search: &Search<'_>) -> Result<Vec<Arc<Object>>, NotKnown> {
        Ok(self.find(search)?.map(Arc::clone).collect())
    }

    fn answers(&self, subject: &Subject) -> Vec<Answer> {
        self.answers.get(subject).cloned().unwrap_or_default()
    }
}

/// Passes questions on, and keeps what was answered.
pub struct Recorder<'a> {
    source: &'a dyn Source,
    heard: RefCell<ClusterSnapshot>,
}

impl<'a> Recorder<'a> {
    pub fn new(source: &'a dyn Source) -> Self {
        let Moment { settings, served, now, entropy } = source.moment();
        let mut heard = ClusterSnapshot::new(settings.clone(), now, entropy);
        heard.served = served.clone();
        heard.set_partial();
        Self { source, heard: RefCell::new(heard) }
    }

    /// A snapshot of what was asked. Whatever was not is Unknown in it.
    pub fn into_snapshot(self) -> ClusterSnapshot {
        self.heard.into_inner()
    }
}

impl Source for Recorder<'_> {
    fn moment(&self) -> Moment<'_> {
        self.source.moment()
    }

    /// What was asked before is answered as before.
    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        if let Some(known) = self.heard.borrow().noted(reference) {
            return known.clone();
        }
        let observed = self.source.observe(reference);
        self.heard.borrow_mut().note(reference, observed.clone());
        observed
    }

    fn find(&self, search: &Search<'_>) -> Result<Vec<Arc<Object>>, NotKnown> {
        let found = self.source.find(search)?;
        let mut heard = self.heard.borrow_mut();
        for object in &found {
            heard.insert(Arc::clone(object));
        }
        heard.note_query(Query::search(search));
        Ok(found)
    }

    fn answers(&self, subject: &Subject) -> Vec<Answer> {
        let answers = self.source.answers(subject);
        if !answers.is_empty() {
            self.heard.borrow_mut().answers.insert(subject.clone(), answers.clone());
        }
        answers
    }
}
