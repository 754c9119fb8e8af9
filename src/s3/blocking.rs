//! Work on the runtime for threads that may wait.

use super::StoreProblem;
use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Work that was begun. It ends with its owner.
pub struct Work<T> {
    outcome: mpsc::Receiver<T>,
    task: JoinHandle<()>,
}

impl<T: Send + 'static> Work<T> {
    pub fn begin(runtime: &Handle, work: impl Future<Output = T> + Send + 'static) -> Self {
        let (sender, outcome) = mpsc::sync_channel(1);
        let task = runtime.spawn(async move {
            // Who does not wait any more needs no outcome.
            let _ = sender.send(work.await);
        });
        Self { outcome, task }
    }

    /// Waits for its end. The runtime must be run by another thread.
    ///
    /// # Errors
    /// Where the runtime ended first.
    pub fn wait(self) -> Result<T, StoreProblem> {
        self.outcome.recv().map_err(|_| StoreProblem::passing("the program ends"))
    }

    /// Waits, but not for ever, should nobody run the runtime.
    pub fn wait_at_most(&self, limit: Duration) -> Option<T> {
        self.outcome.recv_timeout(limit).ok()
    }
}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
