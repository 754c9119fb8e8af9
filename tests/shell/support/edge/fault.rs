//! What can befall a request.

use std::time::Duration;

#[derive(Clone, Debug)]
pub enum Fault {
    /// The API server refuses with this HTTP status and a Status object.
    Status(u16),
    /// The same with a message of its own.
    Refuse(u16, String),
    /// The request is not sent and never answered.
    Timeout,
    /// The request is performed and never answered.
    TimeoutAfter,
    /// The connection fails before the request is sent.
    Cut,
    /// The request is performed, and the connection fails before the answer is there.
    CutAfter,
    /// The request is sent later.
    Delay(Duration),
    /// The request is sent when the rule is dropped.
    Hold,
    /// A watch tells nothing until the rule is dropped, and then everything. Watches that stand already are held too.
    HoldEvents,
    /// A watch's connection breaks. Watches that stand already break too.
    CutStream,
    /// A watch ends with an event that its resourceVersion is too old. Watches that stand already end too.
    Expire,
}

impl Fault {
    /// Befalls only so many requests.
    pub fn times(self, limit: usize) -> Limited {
        Limited { fault: self, limit }
    }

    /// Whether it befalls not the request but what a watch tells afterwards.
    pub(super) fn is_of_streams(&self) -> bool {
        matches!(self, Self::HoldEvents | Self::CutStream | Self::Expire)
    }
}

/// A fault that befalls so many requests and no more.
#[derive(Clone, Debug)]
pub struct Limited {
    pub(super) fault: Fault,
    pub(super) limit: usize,
}

impl From<Fault> for Limited {
    fn from(fault: Fault) -> Self {
        Limited { fault, limit: usize::MAX }
    }
}
