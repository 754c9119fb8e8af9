//! Until when a replica may write, as the rest of the operator sees it.

use tokio::sync::watch;
use tokio::time::Instant;

/// What the election has given this replica.
#[derive(Clone, Copy, Default)]
pub(super) struct Reign {
    /// Until when it may write.
    pub until: Option<Instant>,
    /// Counts how often it has come to lead after another may have led.
    pub term: u64,
}

impl Reign {
    fn is_on(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }
}

/// Until when this replica may write.
#[derive(Clone)]
pub struct Fence(watch::Receiver<Reign>);

/// What is told to a [`Fence`] is told to all its clones.
pub(super) fn fence() -> (watch::Sender<Reign>, Fence) {
    let (reign, fence) = watch::channel(Reign::default());
    (reign, Fence(fence))
}

impl Fence {
    /// Whether a write may be started now.
    pub fn is_open(&self) -> bool {
        self.0.borrow().is_on()
    }

    /// Waits until writes may be started. Gives a number that is the same as the last time where no
    /// other replica can have led in between.
    pub async fn opened(&mut self) -> u64 {
        if let Ok(reign) = self.0.wait_for(Reign::is_on).await {
            return reign.term;
        }
        // The election has ended with the operator: nothing is written any more.
        std::future::pending().await
    }

    /// Waits until no write may be started any more.
    pub async fn closed(&mut self) {
        loop {
            let Some(until) = self.0.borrow_and_update().until else { return };
            if Instant::now() >= until {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                changed = self.0.changed() => if changed.is_err() { return },
            }
        }
    }
}
