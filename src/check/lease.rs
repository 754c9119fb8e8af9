//! The Lease: whether it is held, who holds it, and whether it is fresh.

use super::facts::{Facts, ago};
use super::finding::Finding;
use super::operator;
use super::renewal::{self, Freshness, Renewal};
use crate::names;

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let subject = format!("Lease {}/{}", facts.home, names::OPERATOR);
    if let Err(why) = &facts.lease {
        return vec![Finding::unseen(subject, why)];
    }
    if let Some(why) = operator::hidden(facts) {
        return vec![Finding::unseen(subject, &why)];
    }
    let Some(renewal) = renewal::of(facts) else {
        let reason = "there is none: no operator has begun to work here";
        return vec![Finding::fail(subject, reason).mend(start(facts))];
    };
    vec![held(facts, subject, &renewal)]
}

fn held(facts: &Facts, subject: String, renewal: &Renewal<'_>) -> Finding {
    let Renewal { holder, time, seconds, state } = renewal;
    if holder.is_empty() {
        let reason = "nobody holds it: the operator was stopped, and nothing is looked after";
        return Finding::fail(subject, reason).mend(start(facts));
    }
    let Some(time) = time else {
        return Finding::fail(subject, format!("{holder} holds it, and says no time"))
            .mend(start(facts));
    };
    let ago = ago(*time, facts.time());
    match state {
        Freshness::Fresh => {
            Finding::pass(subject, format!("{holder} holds it, and renewed it {ago}"))
        }
        Freshness::Expired => {
            let reason = format!(
                "it has expired: {holder} renewed it {ago}, and it holds for {seconds} s. Nothing is looked after"
            );
            Finding::fail(subject, reason).mend(start(facts))
        }
        Freshness::Ahead(ahead) => {
            let reason = format!(
                "{holder} renewed it {ahead} s from now by the API server's clock: the clock of its node is ahead"
            );
            Finding::warn(subject, reason).mend("timedatectl status")
        }
    }
}

/// What makes an operator take the Lease.
fn start(facts: &Facts) -> String {
    let home = &facts.home;
    let operators = facts.operators.as_ref().map(Vec::as_slice).unwrap_or_default();
    match operator::of(operators, home) {
        None => format!("helm install eevee-operator eevee/operator --namespace {home}"),
        Some(own) if !operator::is_active(own) => {
            format!("kubectl scale deployment/eevee-operator --replicas=1 --namespace {home}")
        }
        Some(_) => {
            format!("kubectl rollout restart deployment/eevee-operator --namespace {home}")
        }
    }
}
