//! The caches at one moment, for an overview: nothing is noted and nothing is read for it.

use super::store::KindStore;
use super::{Cache, Stores, is_whole, lock, read};
use crate::action::Subject;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::query::Search;
use crate::snapshot::{Answer, Entropy, NotKnown, Observed, ServedKinds};
use crate::source::{Moment, Source};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Arc, RwLockReadGuard};

/// The caches at one moment.
pub struct OverviewSource<'a> {
    cache: &'a Cache,
    stores: RwLockReadGuard<'a, Stores>,
    served: ServedKinds,
    now: Timestamp,
}

impl<'a> OverviewSource<'a> {
    pub(super) fn new(cache: &'a Cache) -> Self {
        let (stores, served) = (read(&cache.stores), cache.served());
        Self { cache, stores, served, now: Timestamp::now() }
    }

    /// The namespaces that hold a custom resource.
    pub fn namespaces(&self) -> BTreeSet<String> {
        let custom = self.stores.kinds.iter().filter(|(kind, _)| kind.is_custom());
        custom.flat_map(|(_, store)| store.namespaces()).map(str::to_owned).collect()
    }

    fn store(&self, kind: Kind) -> Result<&KindStore, NotKnown> {
        self.stores.kinds.get(&kind).ok_or(NotKnown)
    }
}

impl Source for OverviewSource<'_> {
    fn moment(&self) -> Moment<'_> {
        // Who only looks makes no secrets.
        let entropy = Entropy([0; 32]);
        Moment { settings: &self.cache.settings, served: &self.served, now: self.now, entropy }
    }

    /// What is in no cache is Unknown, unless it has been looked for.
    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        if reference.kind.is_secret() {
            return self.stores.secret(reference);
        }
        match self.store(reference.kind).ok().and_then(|store| store.get(reference)) {
            Some(object) => Observed::Present(Arc::new(object)),
            None if is_whole(reference.kind) => Observed::Absent,
            None if self.stores.absent.contains(reference) => Observed::Absent,
            None => Observed::Unknown,
        }
    }

    fn find(&self, search: &Search<'_>) -> Result<Vec<Arc<Object>>, NotKnown> {
        let store = self.store(search.kind())?;
        let found = match *search {
            Search::Of(_, namespace) => store.skimmed(namespace).collect(),
            Search::Referring(..) | Search::OwnedBy(..) => store.find(search),
        };
        Ok(found.into_iter().map(Arc::new).collect())
    }

    fn visit(
        &self,
        kind: Kind,
        namespace: &str,
        look: &mut dyn FnMut(&Object),
    ) -> Result<(), NotKnown> {
        self.store(kind)?.skimmed(namespace).for_each(|object| look(&object));
        Ok(())
    }

    fn answers(&self, subject: &Subject) -> Vec<Answer> {
        lock(&self.cache.answers).of(subject)
    }
}
