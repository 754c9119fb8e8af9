//! Questions that render may ask, and a form of them that is cheap to remember.

use crate::kinds::{Index, Kind};
use crate::object::ObjectRef;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Which objects are sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Search<'a> {
    /// Those of a kind in a namespace.
    Of(Kind, &'a str),
    /// Those of a namespace in which the field of an index has a value.
    Referring(Index, &'a str, &'a str),
    /// Those of a kind whose controller has a uid.
    OwnedBy(&'a str, Kind),
}

impl Search<'_> {
    /// The kind of what is found.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Of(kind, _) | Self::OwnedBy(_, kind) => *kind,
            Self::Referring(index, ..) => index.kind(),
        }
    }
}

/// A question, as a hash: two that fall together cost a rendering more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Query(u64);

impl Query {
    /// What is known of one object?
    pub fn object(reference: &ObjectRef) -> Self {
        Self::hash(("object", reference))
    }

    /// Which objects does a search find?
    pub fn search(search: &Search<'_>) -> Self {
        Self::hash(("search", search))
    }

    fn hash(what: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}
