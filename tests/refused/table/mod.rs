//! What the API server refuses in the pods and claims of a module, field by field: a value that it
//! refuses, and the neighbour that it takes.

mod claim;
mod container;
mod pod;
mod scheduling;

use serde_json::Value;

/// One field of a BotModule's spec.
pub struct Case {
    /// The field of the spec.
    pub field: &'static str,
    pub bad: Value,
    pub good: Value,
    /// How the message about the bad value begins.
    #[allow(dead_code, reason = "the API server has words of its own")]
    pub says: &'static str,
}

fn case(field: &'static str, bad: Value, good: Value, says: &'static str) -> Case {
    Case { field, bad, good, says }
}

/// Every field.
pub fn cases() -> Vec<Case> {
    [
        container::resources(),
        container::probes(),
        container::variables(),
        scheduling::tolerations(),
        scheduling::spreads(),
        scheduling::affinities(),
        pod::labels(),
        pod::names(),
        pod::security(),
        pod::strategies(),
        claim::claims(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
