//! What is wrong with an object.

use super::path::{FieldPath, Trail};
use serde_json::Value;
use std::fmt;

/// One thing that the API server would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it is.
    pub path: FieldPath,
    /// What sort of fault it is.
    pub kind: FaultKind,
    /// What is wrong and what would be right; does not repeat the path.
    pub message: String,
}

/// The sorts of faults, after the API server's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The schema has no such field.
    UnknownField,
    /// A required field is not there.
    Missing,
    /// A value of another type or format.
    WrongType,
    /// A value that is not among the allowed ones.
    Unsupported,
    /// A text that is too long.
    TooLong,
    /// A list or map with too many items.
    TooMany,
    /// An item whose key is there already.
    Duplicate,
    /// Any other value that is not allowed, or a CEL rule that says no.
    Invalid,
}

impl FaultKind {
    /// The API server runs no CEL rule on an object that has one of these.
    pub(super) fn keeps_rules_from_running(self) -> bool {
        match self {
            Self::Missing | Self::WrongType | Self::Unsupported | Self::TooLong | Self::TooMany => {
                true
            }
            Self::UnknownField | Self::Duplicate | Self::Invalid => false,
        }
    }
}

impl Fault {
    pub(super) fn at(trail: &Trail<'_>, kind: FaultKind, message: impl Into<String>) -> Self {
        Self { path: trail.path(), kind, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.steps().is_empty() {
            out.write_str(&self.message)
        } else {
            write!(out, "{}: {}", self.path, self.message)
        }
    }
}

/// The longest text that a message repeats: what is longer is more likely to be somebody's
/// configuration than a slip of the pen.
const MAX_SHOWN: usize = 64;

/// A value as a message shows it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > MAX_SHOWN => "this text".to_owned(),
        Value::Array(_) => "this list".to_owned(),
        Value::Object(_) => "this object".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
