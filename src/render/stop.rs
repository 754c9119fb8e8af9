//! Why a plan ends before its end, and what becomes of what it has gathered.

use super::ready::Ready;
use crate::crd::conditions::{Reason, reasons};
use crate::snapshot::NotKnown;

#[derive(Debug, PartialEq)]
pub enum Stop {
    /// A read failed: not even the status is written on the strength of it.
    Unread,
    /// Another Subject's work comes first, and its effect will be seen.
    Waiting,
    /// A question has no answer yet. What the round holds so far is done, and the status stays as it is.
    Unanswered,
    /// Nothing of the round is done. The status says why.
    Refused {
        ready: Ready,
        /// Path of the field of the resource that is to blame, where it is one.
        field: Option<String>,
    },
    /// What the round holds so far is done, and the status says what the rest waits for.
    AsFar(Ready),
}

impl Stop {
    /// A refusal that no single field is to blame for.
    pub fn refused(reason: Reason, message: impl Into<String>) -> Self {
        Self::Refused { ready: Ready::new(reason, message), field: None }
    }

    /// A refusal because of a field.
    pub fn because_of(field: &str, reason: Reason, message: impl Into<String>) -> Self {
        Self::Refused { ready: Ready::new(reason, message), field: Some(field.to_owned()) }
    }
}

impl From<NotKnown> for Stop {
    fn from(NotKnown: NotKnown) -> Self {
        Self::Unread
    }
}

impl From<super::validation::Invalid> for Stop {
    fn from(invalid: super::validation::Invalid) -> Self {
        Self::because_of(&invalid.field, reasons::INVALID_SPEC, invalid.message)
    }
}
