//! An end of the client in the midst of its work: from some write on, nothing gets through any more.

use super::Edge;
use super::request::Request;
use std::time::Duration;

/// What becomes of the write at which the crash happens. The client learns of neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastWrite {
    Performed,
    NotSent,
}

/// The crash to come, or that was. Dropping it lets requests through again.
#[must_use = "a crash ends when it is dropped"]
pub struct Crash {
    edge: Edge,
}

#[derive(Default)]
pub enum CrashState {
    #[default]
    Never,
    /// So many writes from now, counting down; never 0.
    After {
        writes: usize,
        last: LastWrite,
    },
    Happened,
}

/// What a crash makes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Unharmed,
    Unsent,
    Unanswered,
}

impl CrashState {
    pub fn on_request(&mut self, request: &Request) -> Outcome {
        match self {
            Self::Never => Outcome::Unharmed,
            Self::Happened => Outcome::Unsent,
            Self::After { .. } if !request.is_write() => Outcome::Unharmed,
            Self::After { writes, last } => {
                *writes -= 1;
                if *writes > 0 {
                    return Outcome::Unharmed;
                }
                let last = *last;
                *self = Self::Happened;
                match last {
                    LastWrite::Performed => Outcome::Unanswered,
                    LastWrite::NotSent => Outcome::Unsent,
                }
            }
        }
    }

    pub fn happened(&self) -> bool {
        matches!(self, Self::Happened)
    }
}

impl Edge {
    /// At the `nth` write from now (1 is the next one; Leases do not count) all connections fail, those of watches
    /// included, until the crash is dropped. 0 is at once.
    pub fn crash_at_write(&self, nth: usize, last: LastWrite) -> Crash {
        self.change(|state| {
            state.crash = match nth {
                0 => CrashState::Happened,
                writes => CrashState::After { writes, last },
            }
        });
        Crash { edge: self.clone() }
    }
}

impl Crash {
    pub fn has_happened(&self) -> bool {
        self.edge.state().crash.happened()
    }

    /// Waits until it has happened; false when it has not within `limit`.
    pub async fn happens(&self, limit: Duration) -> bool {
        let happens = self.edge.until(|state| state.crash.happened().then_some(()));
        tokio::time::timeout(limit, happens).await.is_ok()
    }
}

impl Drop for Crash {
    fn drop(&mut self) {
        self.edge.change(|state| state.crash = CrashState::Never);
    }
}
