//! What stands in the Lease.

use crate::names;
use crate::render::operator_labels;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use std::time::Duration;

/// Name of the Lease in the operator's namespace.
pub const LEASE: &str = names::OPERATOR;

/// One who holds the Lease, and for how long without a renewal.
pub struct Holder {
    pub identity: String,
    pub duration: Duration,
}

impl Holder {
    pub fn holds(&self, lease: &Lease) -> bool {
        holder(lease) == self.identity
    }

    /// The first Lease, held by us.
    pub fn first(&self) -> Lease {
        Lease {
            metadata: ObjectMeta {
                name: Some(LEASE.to_owned()),
                labels: Some(operator_labels()),
                ..ObjectMeta::default()
            },
            spec: Some(self.spec(None)),
        }
    }

    /// A Lease that was another's, held by us. Its resourceVersion lets one replica alone succeed.
    pub fn taken(&self, seen: &Lease) -> Lease {
        Lease { metadata: seen.metadata.clone(), spec: Some(self.spec(seen.spec.as_ref())) }
    }

    /// Our own Lease once more.
    pub fn renewed(&self, seen: &Lease) -> Lease {
        let mut lease = self.taken(seen);
        if let (Some(spec), Some(before)) = (&mut lease.spec, &seen.spec) {
            spec.acquire_time.clone_from(&before.acquire_time);
            spec.lease_transitions = before.lease_transitions;
        }
        lease
    }

    /// Our own Lease, free for anybody.
    pub fn given_back(&self, seen: &Lease) -> Lease {
        let mut lease = self.renewed(seen);
        if let Some(spec) = &mut lease.spec {
            spec.holder_identity = Some(String::new());
            spec.lease_duration_seconds = Some(1);
        }
        lease
    }

    fn spec(&self, before: Option<&LeaseSpec>) -> LeaseSpec {
        let now = MicroTime(Timestamp::now());
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(self.duration.as_secs().max(1)).ok(),
            acquire_time: Some(now.clone()),
            renew_time: Some(now),
            lease_transitions: before
                .map(|before| before.lease_transitions.unwrap_or(0).saturating_add(1)),
            ..LeaseSpec::default()
        }
    }
}

/// Who holds a Lease; empty where nobody does.
pub fn holder(lease: &Lease) -> &str {
    lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default()
}

/// How long a Lease holds by what stands in it.
pub fn duration_of(lease: &Lease, default: Duration) -> Duration {
    let seconds = lease.spec.as_ref().and_then(|spec| spec.lease_duration_seconds);
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map_or(default, Duration::from_secs)
}
