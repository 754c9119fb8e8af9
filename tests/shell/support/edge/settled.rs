//! Waiting until nothing is written any more.

use super::Edge;
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout};

impl Edge {
    /// Waits until no write was under way for `quiet`, counted from this call at the earliest. Leases do not count.
    #[track_caller]
    pub fn settled(&self, quiet: Duration, limit: Duration) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if timeout(limit, self.quiet(quiet)).await.is_err() {
                let listing = self.listing();
                panic!("{caller}: still writing after {limit:?}. Requests:\n{listing}");
            }
        }
    }

    async fn quiet(&self, quiet: Duration) {
        let called = Instant::now();
        let mut changes = self.subscribe();
        loop {
            changes.mark_unchanged();
            let due = self.last_write().map_or(called, |last| last.max(called)) + quiet;
            if due <= Instant::now() {
                return;
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep_until(due.into()) => {}
            }
        }
    }

    /// When a write was last under way.
    fn last_write(&self) -> Option<Instant> {
        let state = self.state();
        let writes = state.requests.iter().filter(|request| request.is_write());
        writes.map(|request| request.finished.unwrap_or_else(Instant::now)).max()
    }
}
