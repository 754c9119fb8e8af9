//! The operator's own Secret: the key that digests of secret data are made with.

use super::answers::unless_refused;
use super::digest::key_secret;
use super::{generate, meta, secret};
use crate::action::{ApplyAction, Precondition, Subject, Verb};
use crate::names::DIGEST_KEY;
use crate::source::Source;
use serde_json::json;

/// Makes the digest key where it is missing. It is never replaced: with a new key every pod that
/// carries a keyed digest would roll.
pub fn render(source: &dyn Source) -> Vec<ApplyAction> {
    let target = key_secret(source);
    let Ok(live) = source.get(&target) else { return Vec::new() };
    let has_key = |key: &[u8]| !key.is_empty();
    let verb = match live.as_deref() {
        Some(live) if live.secret_value(DIGEST_KEY).as_deref().is_some_and(has_key) => {
            return Vec::new();
        }
        // What somebody else owns is never written: the resources that need the key say so.
        Some(live) if live.controller().is_some() || live.is_being_deleted() => return Vec::new(),
        Some(live) => Verb::Patch {
            patch: json!({ "data": { DIGEST_KEY: secret::encode(&value(source)) } }),
            seen: Precondition::seen(live),
        },
        None => Verb::Create(secret::generated(
            meta::metadata(&target.namespace, target.name.as_str(), meta::operator_labels()),
            [(DIGEST_KEY, value(source))],
        )),
    };
    let action = ApplyAction { subject: Subject::Operator, target, verb };
    unless_refused(source, action).into_iter().collect()
}

fn value(source: &dyn Source) -> String {
    generate::secret_value(source.entropy(), &key_secret(source), "digest-key")
}
