//! How the cluster refuses.

use crate::object::ObjectRef;
use std::fmt;

/// An answer of the API server other than success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// 400: the request makes no sense.
    BadRequest(String),
    /// 404.
    NotFound(ObjectRef),
    /// 409: there is one of that name.
    AlreadyExists(ObjectRef),
    /// 409: the object is not in the state that was expected, or somebody else owns a field.
    Conflict(String),
    /// 422: the object would not be valid, or must not change like that.
    Invalid(String),
    /// 500: server-side apply found an item twice in a list that is merged by key, or cannot read
    /// what is there.
    Untyped(String),
    /// 503: the snapshot does not know the object.
    Unavailable(ObjectRef),
}

impl Rejection {
    /// A 409 in the words of the API server.
    pub(super) fn conflict(target: &ObjectRef, why: &str) -> Self {
        Self::Conflict(format!("Operation cannot be fulfilled on {target}: {why}"))
    }

    /// A 422 in the words of the API server.
    pub(super) fn invalid(target: &ObjectRef, why: &str) -> Self {
        Self::Invalid(format!("{} \"{}\" is invalid: {why}", target.kind, target.name))
    }

    /// The HTTP status code.
    pub fn code(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 400,
            Self::NotFound(_) => 404,
            Self::AlreadyExists(_) | Self::Conflict(_) => 409,
            Self::Invalid(_) => 422,
            Self::Untyped(_) => 500,
            Self::Unavailable(_) => 503,
        }
    }

    /// What the answer says.
    pub fn message(&self) -> String {
        match self {
            Self::BadRequest(text)
            | Self::Conflict(text)
            | Self::Invalid(text)
            | Self::Untyped(text) => text.clone(),
            Self::NotFound(target) => format!("{target} not found"),
            Self::AlreadyExists(target) => format!("{target} already exists"),
            Self::Unavailable(target) => format!("{target} could not be read"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.message())
    }
}

impl std::error::Error for Rejection {}
