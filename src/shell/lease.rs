//! Which replica may write: leader election by a Lease, as client-go does it.
//!
//! Nobody's wall clock is trusted. A Lease has expired when it was not renewed for its duration by
//! our own clock since we last saw it change; and we stop to write before others can think that
//! ours has expired.

use super::life::Beat;
use super::metrics::Metrics;
use super::request::{self, Failure, PATIENCE};
use super::wait::jittered;
use crate::render::meta;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::PostParams;
use kube::{Api, Client};
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Name of the Lease in the operator's namespace.
pub const LEASE: &str = meta::OPERATOR;

/// How long a Lease holds, and how often it is looked after.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// After this long without a renewal others may take the Lease.
    pub duration: Duration,
    /// After this long without a renewal the holder writes no more. Shorter than `duration`.
    pub renew_deadline: Duration,
    /// Between two renewals, and twice between two looks of those that wait.
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

/// Until when this replica may write.
#[derive(Clone)]
pub struct Fence(watch::Receiver<Option<Instant>>);

impl Fence {
    /// Whether a write may be started now.
    pub fn is_open(&self) -> bool {
        self.0.borrow().is_some_and(|deadline| Instant::now() < deadline)
    }

    /// Waits until writes may be started.
    pub async fn opened(&mut self) {
        let is_open = |deadline: &Option<Instant>| deadline.is_some_and(|at| Instant::now() < at);
        if self.0.wait_for(is_open).await.is_err() {
            // The election has ended with the operator: nothing is written any more.
            std::future::pending::<()>().await;
        }
    }

    /// Waits until no write may be started any more.
    pub async fn closed(&mut self) {
        loop {
            let Some(deadline) = *self.0.borrow_and_update() else { return };
            if Instant::now() >= deadline {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep_until(deadline.into()) => {}
                changed = self.0.changed() => if changed.is_err() { return },
            }
        }
    }
}

/// Takes part in the election.
pub struct Election {
    api: Api<Lease>,
    identity: String,
    timing: Timing,
    metrics: Metrics,
    deadline: watch::Sender<Option<Instant>>,
    seen: Option<Seen>,
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
        let (deadline, fence) = watch::channel(None);
        let api = Api::namespaced(client, namespace);
        (Self { api, identity, timing, metrics, deadline, seen: None }, Fence(fence))
    }

    /// Campaigns and renews until told to stop, then gives the Lease back.
    pub async fn run(mut self, beat: Beat, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut complained = false;
        loop {
            beat.now();
            let sent = Instant::now();
            let outcome = tokio::select! {
                outcome = self.attempt() => outcome,
                () = &mut stop => break,
            };
            let has_failed = outcome.is_err();
            match outcome {
                Ok(holds) => {
                    complained = false;
                    self.judge(holds.then(|| sent + self.timing.renew_deadline));
                }
                Err(why) => {
                    if !std::mem::replace(&mut complained, true) {
                        tracing::warn!(lease = LEASE, %why, "the Lease cannot be looked after: trying again");
                    }
                    let deadline = *self.deadline.borrow();
                    self.judge(deadline);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(self.pause(has_failed)) => {}
                () = &mut stop => break,
            }
        }
        self.release().await;
    }

    /// Notes until when this replica may write, and tells of a change.
    fn judge(&self, deadline: Option<Instant>) {
        let deadline = deadline.filter(|deadline| Instant::now() < *deadline);
        let before = self.deadline.send_replace(deadline);
        match (before, deadline) {
            (None, Some(_)) => tracing::info!(identity = self.identity, "this replica leads"),
            (Some(_), None) => {
                tracing::warn!(identity = self.identity, "this replica leads no more");
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
        self.metrics.leader(deadline.is_some());
    }

    /// How long until the next try: those that wait are there the moment that the Lease expires.
    fn pause(&self, failed: bool) -> Duration {
        let half = self.timing.retry / 2;
        if failed {
            return jittered(half);
        }
        if self.deadline.borrow().is_some() {
            return self.timing.retry;
        }
        let left = self.seen.as_ref().map(|seen| {
            let expiry = seen.at + duration_of(&seen.lease, self.timing.duration);
            expiry.saturating_duration_since(Instant::now()) + Duration::from_millis(10)
        });
        left.map_or(half, |left| left.min(half))
    }

    /// Whether the Lease is ours after this try.
    async fn attempt(&mut self) -> Result<bool, Failure> {
        let Some(lease) = bounded(self.api.get_opt(LEASE)).await? else {
            return self.settle(bounded(self.api.create(&manager(), &self.first())).await);
        };
        let holder = holder(&lease).to_owned();
        let duration = duration_of(&lease, self.timing.duration);
        let since = self.note(lease);
        let is_ours = holder == self.identity;
        if !is_ours && !holder.is_empty() && since.elapsed() < duration {
            return Ok(false);
        }
        let Some(renewed) = self.renewed(is_ours) else { return Ok(false) };
        self.settle(bounded(self.api.replace(LEASE, &manager(), &renewed)).await)
    }

    /// A conflict means that another replica was faster.
    fn settle(&mut self, answer: Result<Lease, Failure>) -> Result<bool, Failure> {
        match answer {
            Ok(lease) => {
                self.note(lease);
                Ok(true)
            }
            Err(Failure::Changed(_)) => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// Notes a Lease that was read. Gives when it was first seen like this.
    fn note(&mut self, lease: Lease) -> Instant {
        match &self.seen {
            Some(seen) if seen.lease.spec == lease.spec => {
                let at = seen.at;
                self.seen = Some(Seen { lease, at });
                at
            }
            _ => {
                let at = Instant::now();
                self.seen = Some(Seen { lease, at });
                at
            }
        }
    }

    fn first(&self) -> Lease {
        Lease {
            metadata: ObjectMeta {
                name: Some(LEASE.to_owned()),
                labels: Some(meta::operator_labels()),
                ..ObjectMeta::default()
            },
            spec: Some(self.held(None)),
        }
    }

    /// The Lease that was seen, held by us. Its resourceVersion lets one replica alone succeed.
    fn renewed(&self, is_ours: bool) -> Option<Lease> {
        let seen = &self.seen.as_ref()?.lease;
        let before = seen.spec.as_ref();
        let mut spec = self.held(before);
        if is_ours {
            spec.acquire_time = before.and_then(|before| before.acquire_time.clone());
            spec.lease_transitions = before.and_then(|before| before.lease_transitions);
        }
        Some(Lease { metadata: seen.metadata.clone(), spec: Some(spec) })
    }

    fn held(&self, before: Option<&LeaseSpec>) -> LeaseSpec {
        let now = MicroTime(Timestamp::now());
        let seconds = self.timing.duration.as_secs().max(1);
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(seconds).ok(),
            acquire_time: Some(now.clone()),
            renew_time: Some(now),
            lease_transitions: before.map(|before| before.lease_transitions.unwrap_or(0) + 1),
            ..LeaseSpec::default()
        }
    }

    /// Gives the Lease back, so that another replica need not wait for it to expire.
    async fn release(mut self) {
        let held = self.deadline.send_replace(None).is_some();
        self.metrics.leader(false);
        let mut outcome = self.give_back().await;
        for _ in 0..RETRIES {
            if matches!(outcome, Err(Failure::Changed(_))) {
                outcome = self.give_back().await;
            }
        }
        if let Err(why) = outcome
            && held
        {
            tracing::warn!(lease = LEASE, %why, "the Lease was not given back: it expires");
        }
    }

    /// Reads the Lease before: a try that was broken off may have changed it.
    async fn give_back(&mut self) -> Result<(), Failure> {
        let Some(lease) = bounded(self.api.get_opt(LEASE)).await? else { return Ok(()) };
        if holder(&lease) != self.identity {
            return Ok(());
        }
        self.note(lease);
        let Some(mut lease) = self.renewed(true) else { return Ok(()) };
        if let Some(spec) = &mut lease.spec {
            spec.holder_identity = Some(String::new());
            spec.lease_duration_seconds = Some(1);
        }
        bounded(self.api.replace(LEASE, &manager(), &lease)).await.map(drop)
    }
}

/// A try that was broken off can still change the Lease once; more is for the unforeseen.
const RETRIES: usize = 3;

/// An answer in time for another try before the deadline.
async fn bounded<T>(request: impl Future<Output = kube::Result<T>>) -> Result<T, Failure> {
    request::within(PATIENCE / 2, request).await
}

fn manager() -> PostParams {
    PostParams { field_manager: Some(meta::OPERATOR.to_owned()), ..PostParams::default() }
}

fn holder(lease: &Lease) -> &str {
    lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default()
}

/// How long a Lease holds by what stands in it.
fn duration_of(lease: &Lease, default: Duration) -> Duration {
    let seconds = lease.spec.as_ref().and_then(|spec| spec.lease_duration_seconds);
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map_or(default, Duration::from_secs)
}
