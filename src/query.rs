//! Questions that render may ask, in a form that is cheap to remember.

use crate::kinds::{Index, Kind};
use crate::object::ObjectRef;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// A question, as a hash: two that fall together cost a rendering more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Query(u64);

impl Query {
    /// What is known of one object?
    pub fn object(reference: &ObjectRef) -> Self {
        Self::of(("object", reference))
    }

    /// Which objects of a kind does a namespace have?
    pub fn list(kind: Kind, namespace: &str) -> Self {
        Self::of(("list", kind, namespace))
    }

    /// In which objects of a namespace does the field of an index have this value?
    pub fn referrers(index: Index, namespace: &str, value: &str) -> Self {
        Self::of(("referrers", index, namespace, value))
    }

    /// Which objects of a kind have this owner?
    pub fn owned_by(uid: &str, kind: Kind) -> Self {
        Self::of(("owned by", uid, kind))
    }

    fn of(what: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}
