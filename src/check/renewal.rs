//! Who holds the Lease, and whether that was renewed in time.

use super::facts::{Facts, text};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The clock that renews a Lease may go a little before the API server's, whose header has no
/// fractions of a second.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);

/// What a Lease says.
pub struct Renewal<'a> {
    /// Empty where nobody holds it.
    pub holder: &'a str,
    pub time: Option<Timestamp>,
    /// For how many seconds it holds.
    pub seconds: i64,
    pub state: Freshness,
}

/// How a renewal stands to the time of the API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    Expired,
    /// So many seconds in the future.
    Ahead(i64),
}

/// Who is at work, by the Lease.
pub fn holder(facts: &Facts) -> Option<&str> {
    let renewal = of(facts).filter(|renewal| renewal.state != Freshness::Expired)?;
    Some(renewal.holder).filter(|holder| !holder.is_empty())
}

/// What the Lease says, where there is one that was seen.
pub fn of(facts: &Facts) -> Option<Renewal<'_>> {
    let lease = facts.lease.as_ref().ok()?.as_ref()?;
    let time: Option<Timestamp> = text(lease, "/spec/renewTime").parse().ok();
    let seconds = lease.pointer("/spec/leaseDurationSeconds").and_then(Value::as_i64).unwrap_or(0);
    let age = time.map(|time| facts.time().duration_since(time));
    let state = match age {
        Some(age) if age < -TOLERANCE => Freshness::Ahead(-age.as_secs()),
        Some(age) if age <= SignedDuration::from_secs(seconds).saturating_add(TOLERANCE) => {
            Freshness::Fresh
        }
        _ => Freshness::Expired,
    };
    Some(Renewal { holder: text(lease, "/spec/holderIdentity"), time, seconds, state })
}
