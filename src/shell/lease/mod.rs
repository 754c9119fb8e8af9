//! Which replica may write: leader election by a Lease, as client-go does it.
//!
//! Nobody's wall clock is trusted. A Lease has expired when it was not renewed for its duration by
//! our own clock since we last saw it change; and we stop to write before others can think that
//! ours has expired.

mod fence;
mod record;
#[cfg(test)]
mod tests;

pub use fence::Fence;

use super::life::Beat;
use super::metrics::Metrics;
use super::request::{self, PATIENCE, RequestFailure};
use super::wait::jittered;
use crate::names;
use fence::Reign;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::PostParams;
use kube::{Api, Client};
use record::{Holder, LEASE, duration_of, holder};
use std::future::Future;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a Lease holds, and how often it is looked after.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// After this long without a renewal others may take the Lease.
    pub duration: Duration,
    /// After this long without a renewal the holder writes no more. Shorter than `duration`.
    pub renew_deadline: Duration,
    /// From one renewal to the next, and twice from one look to the next of those that wait.
    pub retry: Duration,
}

impl Default for Timing {
    /// The values of Kubernetes' own controllers.
    fn default() -> Self {
        Self {
            duration: Duration::from_secs(15),
            renew_deadline: Duration::from_secs(10),
            retry: Duration::from_secs(2),
        }
    }
}

/// A Lease that has expired is looked at so long after.
const LATE: Duration = Duration::from_millis(10);
/// How often the Lease is given back that changes meanwhile. A try that was broken off can still
/// change it once; more is for the unforeseen.
const RETRIES: usize = 4;

/// Takes part in the election.
pub struct Election {
    api: Api<Lease>,
    us: Holder,
    timing: Timing,
    metrics: Metrics,
    reign: watch::Sender<Reign>,
    seen: Option<Seen>,
    /// Whether the Lease was seen not to be ours since we last led.
    was_away: bool,
}

/// The Lease as it was last seen to change.
struct Seen {
    lease: Lease,
    at: Instant,
}

impl Election {
    /// `identity` is this replica's alone.
    pub fn new(
        client: Client,
        namespace: &str,
        identity: String,
        timing: Timing,
        metrics: Metrics,
    ) -> (Self, Fence) {
        let (reign, fence) = fence::fence();
        let api = Api::namespaced(client, namespace);
        let us = Holder { identity, duration: timing.duration };
        (Self { api, us, timing, metrics, reign, seen: None, was_away: true }, fence)
    }

    /// Campaigns and renews until told to stop, then gives the Lease back.
    pub async fn run(mut self, beat: Beat, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut complained = false;
        loop {
            beat.now();
            let began = Instant::now();
            let outcome = tokio::select! {
                outcome = self.attempt() => outcome,
                () = &mut stop => break,
            };
            if let Err(why) = &outcome
                && !std::mem::replace(&mut complained, true)
            {
                tracing::warn!(lease = LEASE, %why, "the Lease cannot be looked after: trying again");
            }
            complained &= outcome.is_err();
            let next = self.judge(began, outcome);
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                () = &mut stop => break,
            }
        }
        self.release().await;
    }

    /// Notes what came of a try that began at a time. Gives the time of the next.
    fn judge(
        &mut self,
        began: Instant,
        outcome: Result<Option<Instant>, RequestFailure>,
    ) -> Instant {
        match outcome {
            Ok(Some(sent)) => {
                // Others count from when they saw the renewal, which was after it was sent.
                self.reign_until(Some(sent + self.timing.renew_deadline));
                sent + self.timing.retry
            }
            Ok(None) => {
                self.reign_until(None);
                self.next_look(began)
            }
            Err(_) => {
                let until = self.reign.borrow().until;
                self.reign_until(until);
                began + jittered(self.timing.retry / 2)
            }
        }
    }

    /// Notes until when this replica may write, and tells of a change.
    fn reign_until(&mut self, until: Option<Instant>) {
        let until = until.filter(|until| Instant::now() < *until);
        let Reign { until: before, term } = *self.reign.borrow();
        let is_new = until.is_some() && std::mem::take(&mut self.was_away);
        self.reign.send_replace(Reign { until, term: term + u64::from(is_new) });
        match (before, until) {
            (None, Some(_)) => tracing::info!(identity = self.us.identity, "this replica leads"),
            (Some(_), None) => {
                tracing::warn!(identity = self.us.identity, "this replica leads no more");
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
        self.metrics.leader(until.is_some());
    }

    /// When to look at another's Lease again: those that wait are there the moment that it expires.
    fn next_look(&self, began: Instant) -> Instant {
        let soon = began + self.timing.retry / 2;
        let expiry = self.seen.as_ref().map(|seen| {
            (seen.at + duration_of(&seen.lease, self.timing.duration)).max(Instant::now()) + LATE
        });
        expiry.map_or(soon, |expiry| expiry.min(soon))
    }

    /// Gives when the request was sent by which the Lease is ours; None where it is another's.
    async fn attempt(&mut self) -> Result<Option<Instant>, RequestFailure> {
        if let Some(lease) = self.own() {
            let renewed = self.us.renewed(lease);
            match self.put(&renewed).await {
                // Somebody has changed it: that may have been we, by a try whose answer was lost.
                Err(RequestFailure::Changed(_) | RequestFailure::NotFound(_)) => {}
                outcome => return outcome.map(Some),
            }
        }
        self.campaign().await
    }

    /// Reads the Lease, and renews or takes it where that is allowed.
    async fn campaign(&mut self) -> Result<Option<Instant>, RequestFailure> {
        let Some(lease) = self.read().await? else {
            let sent = Instant::now();
            let made = bounded(self.api.create(&manager(), &self.us.first())).await;
            return unless_outrun(made.map(|lease| {
                self.note(lease);
                sent
            }));
        };
        if self.us.holds(&lease) {
            return self.put(&self.us.renewed(&lease)).await.map(Some);
        }
        if !holder(&lease).is_empty() && !self.has_expired() {
            return Ok(None);
        }
        unless_outrun(self.put(&self.us.taken(&lease)).await)
    }

    /// The Lease as it was last seen, if it was ours then.
    fn own(&self) -> Option<&Lease> {
        self.seen.as_ref().map(|seen| &seen.lease).filter(|lease| self.us.holds(lease))
    }

    fn has_expired(&self) -> bool {
        self.seen
            .as_ref()
            .is_some_and(|seen| seen.at.elapsed() >= duration_of(&seen.lease, self.timing.duration))
    }

    async fn read(&mut self) -> Result<Option<Lease>, RequestFailure> {
        let lease = bounded(self.api.get_opt(LEASE)).await?;
        if let Some(lease) = &lease {
            self.note(lease.clone());
        } else {
            (self.seen, self.was_away) = (None, true);
        }
        Ok(lease)
    }

    /// Writes the Lease in the state in which it was seen. Gives when the request was sent.
    async fn put(&mut self, lease: &Lease) -> Result<Instant, RequestFailure> {
        let sent = Instant::now();
        let written = bounded(self.api.replace(LEASE, &manager(), lease)).await?;
        self.note(written);
        Ok(sent)
    }

    /// Notes the Lease as it is, and since when it has been like this.
    fn note(&mut self, lease: Lease) {
        self.was_away |= !self.us.holds(&lease);
        let same = self.seen.as_ref().filter(|seen| seen.lease.spec == lease.spec);
        let at = same.map_or_else(Instant::now, |seen| seen.at);
        self.seen = Some(Seen { lease, at });
    }

    /// Gives the Lease back, so that another replica need not wait for it to expire.
    async fn release(mut self) {
        let Reign { until, term } = *self.reign.borrow();
        self.reign.send_replace(Reign { until: None, term });
        self.metrics.leader(false);
        if let Err(why) = self.give_back().await
            && until.is_some()
        {
            tracing::warn!(lease = LEASE, %why, "the Lease was not given back: it expires");
        }
    }

    async fn give_back(&mut self) -> Result<(), RequestFailure> {
        let mut seen = self.own().cloned();
        let mut outcome = Ok(());
        for _ in 0..RETRIES {
            let lease = match seen.take() {
                Some(lease) => Some(lease),
                None => self.read().await?,
            };
            let Some(lease) = lease.filter(|lease| self.us.holds(lease)) else { return Ok(()) };
            outcome = self.put(&self.us.given_back(&lease)).await.map(drop);
            if !matches!(outcome, Err(RequestFailure::Changed(_))) {
                break;
            }
        }
        outcome
    }
}

/// A conflict means that another replica was faster.
fn unless_outrun(
    outcome: Result<Instant, RequestFailure>,
) -> Result<Option<Instant>, RequestFailure> {
    match outcome {
        Ok(sent) => Ok(Some(sent)),
        Err(RequestFailure::Changed(_)) => Ok(None),
        Err(why) => Err(why),
    }
}

/// An answer in time for another try before the deadline.
async fn bounded<T>(request: impl Future<Output = kube::Result<T>>) -> Result<T, RequestFailure> {
    request::within(PATIENCE / 2, request).await
}

fn manager() -> PostParams {
    PostParams { field_manager: Some(names::OPERATOR.to_owned()), ..PostParams::default() }
}
