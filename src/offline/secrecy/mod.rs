//! Secret values, hidden wherever they stand in a cluster's objects.

mod configuration;
mod credentials;
mod masks;
mod scrub;
mod search;

use crate::manifest::desired;
use crate::object::Object;
use crate::snapshot::{ClusterSnapshot, Outcome};
use masks::Masks;
use scrub::{scrub, texts};
use search::Searcher;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every secret value of some snapshots, each with its mask: the same value, the same mask.
///
/// In a Secret every value is masked, annotations that are not the operator's included. So is what
/// looks like a credential in moduleConfig, in ConfigMaps, in variables, headers and annotations.
/// Elsewhere a value of eight bytes or more is, unless the operator writes it there for another
/// reason, as a name is: what is shorter is in some other word by accident.
pub struct Secrecy {
    masks: Masks,
    search: Searcher,
    /// Masks of values that are no secret where they stand in texts.
    public: BTreeSet<String>,
}

impl Secrecy {
    /// The values of some snapshots.
    pub fn of(snapshots: &[&ClusterSnapshot]) -> Self {
        let masks = Masks::of(snapshots);
        let everything = Self { search: masks.search(), masks, public: BTreeSet::new() };
        let public = snapshots.iter().flat_map(|snapshot| everything.public(snapshot)).collect();
        Self { public, ..everything }
    }

    /// A snapshot of masks.
    pub fn hide_all(&self, snapshot: &ClusterSnapshot) -> ClusterSnapshot {
        let mut hidden = snapshot.clone();
        for object in snapshot.objects() {
            let mut object = Object::clone(object);
            self.hide(&mut object);
            hidden.insert(Arc::new(object));
        }
        let token = snapshot.settings.api_token.as_ref();
        hidden.settings.api_token = token.map(|token| self.masks.mask_text(token));
        for answer in hidden.answers.values_mut().flatten() {
            if let Outcome::Refused { message, .. } = &mut answer.outcome {
                *message = self.replace(message);
            }
        }
        hidden
    }

    /// Puts masks into an object.
    pub fn hide(&self, object: &mut Object) {
        if object.reference().kind.is_secret() {
            self.masks.mask_secret(object);
            scrub(&mut object.value_mut()["metadata"], &|text| self.replace(text));
        } else {
            self.masks.mask_credentials(object);
            scrub(object.value_mut(), &|text| self.replace(text));
        }
    }

    /// Masks what stands in a text made of several values, as a configuration file is, and which is
    /// a value of its own.
    pub fn hide_inside(&self, text: &str) -> String {
        self.search.replace(text, &BTreeSet::from([self.masks.mask_text(text)]))
    }

    fn replace(&self, text: &str) -> String {
        self.search.replace(text, &self.public)
    }

    /// The mask of a whole value.
    pub fn mask_of(&self, value: &str) -> String {
        self.masks.mask_text(value)
    }

    /// The masks of values that are names, and of those that the operator writes even where nobody
    /// else has written them.
    fn public(&self, snapshot: &ClusterSnapshot) -> BTreeSet<String> {
        let mut public = BTreeSet::new();
        let mut take = |text: &str| public.extend(self.search.found_in(text).map(str::to_owned));
        for (_, manifest) in
            desired(&self.hide_all(snapshot)).iter().filter(|(of, _)| !of.kind.is_secret())
        {
            texts(manifest, &mut take);
        }
        for object in snapshot.objects() {
            take(&object.reference().namespace);
            take(&object.reference().name);
        }
        take(&snapshot.settings.namespace);
        take(&snapshot.settings.cluster_domain);
        public
    }
}
