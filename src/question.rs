//! What render must know and no cache holds: it is asked, and the answer comes as data.

use crate::backup::key::Of;
use crate::object::ObjectRef;
use std::fmt;

/// A question. Two that are equal have the same answer, until it is too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Can this store be used?
    Usable(Door),
    /// Which is the newest backup of a module?
    Newest(Door, Of),
    /// Which pods of its namespace use the claim that the question is about? Asked again each time that
    /// something may have changed, as `since` tells.
    Users { since: String },
}

/// How to get into a store. It holds no secret, only where each is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    pub endpoint: String,
    pub bucket: String,
    pub prefix: String,
    pub region: String,
    pub path_style: bool,
    pub ca_bundle: Option<String>,
    pub access_id: KeyOfSecret,
    pub access_key: KeyOfSecret,
    /// The value of annotation eevee.bot/reconcile-requested: a new one asks again.
    pub requested: Option<String>,
}

/// A value in a Secret, in one version of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOfSecret {
    pub secret: ObjectRef,
    pub key: String,
    pub resource_version: Option<String>,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Usable,
    /// A store cannot be used, whatever was asked of it: what was tried, and what to do.
    Unusable(String),
    /// Id of the newest backup, where there is one.
    Newest(Option<String>),
    /// Names of pods, sorted.
    Users(Vec<String>),
}

impl Question {
    /// Whether a fact may be the answer.
    pub fn fits(&self, fact: &Fact) -> bool {
        match (self, fact) {
            (Self::Usable(_) | Self::Newest(..), Fact::Unusable(_))
            | (Self::Usable(_), Fact::Usable)
            | (Self::Newest(..), Fact::Newest(_))
            | (Self::Users { .. }, Fact::Users(_)) => true,
            (_, _) => false,
        }
    }

    /// The answer where there is nobody to ask.
    pub fn presumed(&self) -> Fact {
        match self {
            Self::Usable(_) => Fact::Usable,
            Self::Newest(..) => Fact::Newest(Some(PLACEHOLDER.to_owned())),
            Self::Users { .. } => Fact::Users(Vec::new()),
        }
    }
}

/// Stands for the id of the newest backup, where there is no store to ask.
pub const PLACEHOLDER: &str = "00000000-0000-7000-8000-000000000000";

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usable(door) => {
                write!(f, "can bucket {} at {} be used?", door.bucket, door.endpoint)
            }
            Self::Newest(door, of) => write!(
                f,
                "which is the newest backup of {}/{} in bucket {} at {}?",
                of.namespace, of.module, door.bucket, door.endpoint
            ),
            Self::Users { .. } => f.write_str("which pods use this claim?"),
        }
    }
}
