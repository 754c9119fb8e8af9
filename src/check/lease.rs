//! The Lease: held, by whom, and fresh.

use super::facts::{Facts, ago, text};
use super::finding::Finding;
use crate::names;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The clock that renews a Lease may go a little before the API server's, whose header has no
/// fractions of a second.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let subject = format!("Lease {}/{}", facts.home, names::OPERATOR);
    let lease = match &facts.lease {
        Err(why) => return vec![Finding::unseen(subject, why)],
        Ok(Some(lease)) => lease,
        Ok(None) => {
            let reason = "there is none: no operator has begun to work here";
            return vec![Finding::fail(subject, reason).mend(look(facts))];
        }
    };
    vec![held(facts, subject, lease)]
}

fn held(facts: &Facts, subject: String, lease: &Value) -> Finding {
    let holder = text(lease, "/spec/holderIdentity");
    if holder.is_empty() {
        let reason = "nobody holds it: the operator was stopped, and nothing is looked after";
        return Finding::fail(subject, reason).mend(look(facts));
    }
    let renewed: Result<Timestamp, _> = text(lease, "/spec/renewTime").parse();
    let Ok(renewed) = renewed else {
        return Finding::fail(subject, format!("{holder} holds it, and says no time"))
            .mend(look(facts));
    };
    let now = facts.time();
    let seconds = lease.pointer("/spec/leaseDurationSeconds").and_then(Value::as_i64).unwrap_or(0);
    let age = now.duration_since(renewed);
    let ago = ago(renewed, now);
    if age > SignedDuration::from_secs(seconds) + TOLERANCE {
        let reason = format!(
            "it has expired: {holder} renewed it {ago}, and it holds for {seconds} s. Nothing is looked after"
        );
        return Finding::fail(subject, reason).mend(look(facts));
    }
    if age < -TOLERANCE {
        let reason = format!(
            "{holder} renewed it {} s from now by the API server's clock: the clock of its node is ahead",
            age.abs().as_secs()
        );
        return Finding::warn(subject, reason).mend("timedatectl status");
    }
    Finding::pass(subject, format!("{holder} holds it, and renewed it {ago}"))
}

fn look(facts: &Facts) -> String {
    format!("kubectl rollout restart deployment/eevee-operator --namespace {}", facts.home)
}
