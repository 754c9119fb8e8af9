//! The operator's own Secret: the key that digests of secret data are made with.

use super::digest::{DIGEST_KEY, key_secret};
use super::{generate, meta, namespace};
use crate::action::{ApplyAction, Precondition, Subject, Verb};
use crate::snapshot::ClusterSnapshot;
use serde_json::json;

/// Makes the digest key where it is missing. It is never replaced: with a new key every pod that
/// carries a keyed digest would roll.
pub fn render(snapshot: &ClusterSnapshot) -> Vec<ApplyAction> {
    let target = key_secret(snapshot);
    let Ok(live) = snapshot.get(&target) else { return Vec::new() };
    let has_key = |key: &[u8]| !key.is_empty();
    let verb = match live {
        Some(live) if live.secret_value(DIGEST_KEY).as_deref().is_some_and(has_key) => {
            return Vec::new();
        }
        // What somebody else owns is never written: the resources that need the key say so.
        Some(live) if live.controller().is_some() || live.is_being_deleted() => return Vec::new(),
        Some(live) => Verb::Patch {
            patch: json!({ "data": { DIGEST_KEY: namespace::encode(&value(snapshot)) } }),
            seen: Precondition::seen(live),
        },
        None => Verb::Create(namespace::generated_secret(
            meta::metadata(&target.namespace, target.name.as_str(), meta::operator_labels()),
            [(DIGEST_KEY, value(snapshot))],
        )),
    };
    let action = ApplyAction { subject: Subject::Operator, target, verb };
    namespace::unless_refused(snapshot, action).into_iter().collect()
}

fn value(snapshot: &ClusterSnapshot) -> String {
    generate::secret_value(snapshot.entropy, &key_secret(snapshot), "digest-key")
}
