//! The API server: reachable, new enough, and of one time with this machine.

use super::facts::{Facts, Server};
use super::finding::Finding;
use jiff::SignedDuration;

/// The oldest minor version of Kubernetes 1 that the operator is made for.
const OLDEST: u32 = 33;
/// Clocks that are further apart make times in statuses, and the ends of credentials, useless.
const APART: SignedDuration = SignedDuration::from_secs(30);

const SUBJECT: &str = "API server";
const CLOCK: &str = "clock";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    match &facts.server {
        Err(why) => {
            let command = "kubectl config get-contexts";
            vec![Finding::fail(SUBJECT, why.as_str()).mend(command)]
        }
        Ok(server) => vec![version(server), clock(facts, server)],
    }
}

fn version(server: &Server) -> Finding {
    let told = &server.version;
    match minor(told) {
        Some(minor) if minor < OLDEST => Finding::fail(
            SUBJECT,
            format!("it is {told}, and 1.{OLDEST} is the oldest that the operator is made for: upgrade the cluster"),
        )
        .mend("kubectl version"),
        Some(_) => Finding::pass(SUBJECT, format!("it answers, and is {told}")),
        None => Finding::unseen(SUBJECT, &format!("it says version {told:?}, which is none"))
            .mend("kubectl get --raw /version"),
    }
}

/// Of `v1.36.0+k3s1`. A version 2 is newer than every 1.
fn minor(version: &str) -> Option<u32> {
    let mut numbers = version.strip_prefix('v')?.split(|char: char| !char.is_ascii_digit());
    let major: u32 = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some(if major > 1 { u32::MAX } else { minor })
}

fn clock(facts: &Facts, server: &Server) -> Finding {
    let Some(date) = server.date else {
        return Finding::unseen(CLOCK, "the API server's answer has no header Date");
    };
    let apart = date.duration_since(facts.now);
    if apart.abs() <= APART {
        return Finding::pass(CLOCK, "this machine and the API server have the same time");
    }
    let (seconds, side) =
        (apart.abs().as_secs(), if apart.is_negative() { "behind" } else { "ahead" });
    let reason = format!(
        "the API server's is {seconds} s {side} of this machine's: what is said of ages, and how long credentials hold, is off by as much"
    );
    Finding::warn(CLOCK, reason).mend("timedatectl status")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_distributions_write_them() {
        let minors = ["v1.33.0", "v1.36.2+k3s1", "v1.32.1-gke.100", "v2.0.0", "1.33", ""];
        let expected = [Some(33), Some(36), Some(32), Some(u32::MAX), None, None];
        assert_eq!(minors.map(minor), expected);
    }
}
