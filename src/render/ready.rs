//! What is to be said of a resource, before it becomes a status.

use super::event::clipped;
use crate::crd::conditions::Reason;

/// The condition that sums up all others. Its status is that of its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    pub reason: Reason,
    pub message: String,
}

impl Ready {
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: clipped(message.into()) }
    }
}

/// A condition beside Ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub kind: &'static str,
    pub reason: Reason,
    pub message: String,
}
