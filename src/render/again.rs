//! What time alone changes.

use super::grace;
use crate::action::Subject;
use crate::snapshot::{ClusterSnapshot, Refusal};
use jiff::Timestamp;

/// When a Subject that has nothing to do now may have something to do although nothing has changed:
/// a first status has waited long enough, or a refused wish may be sent again. None where only a
/// change can bring that about.
pub fn look_again(snapshot: &ClusterSnapshot, subject: &Subject) -> Option<Timestamp> {
    let refusals = snapshot.refusals.get(subject).into_iter().flatten();
    let retries = refusals.filter_map(Refusal::retry_at).filter(|at| *at > snapshot.now);
    retries.chain(grace::ends(snapshot, subject)).min()
}
