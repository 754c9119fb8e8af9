//! The API-token Secret of one namespace, for modules that may call the operator's HTTP API.

use super::answers::unless_refused;
use super::{meta, secret};
use crate::action::{ApplyAction, Precondition, Subject, Verb};
use crate::kinds::{Index, Kind};
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::snapshot::NotKnown;
use crate::source::Source;
use serde_json::json;

/// Keeps the Secret equal to the operator's own token while a module asks for it, and removes it
/// when none does any more. One that we did not make is never touched.
pub fn render(source: &dyn Source, namespace: &str) -> Vec<ApplyAction> {
    if !source.watches(namespace) {
        return Vec::new();
    }
    let Ok(Some(verb)) = decide(source, namespace) else { return Vec::new() };
    let action = ApplyAction {
        subject: Subject::Namespace(namespace.to_owned()),
        target: secret_ref(namespace),
        verb,
    };
    unless_refused(source, action).into_iter().collect()
}

/// Where the API token of a namespace is kept.
pub fn secret_ref(namespace: &str) -> ObjectRef {
    ObjectRef::new(Kind::Secret, namespace, names::API_TOKEN_SECRET)
}

fn decide(source: &dyn Source, namespace: &str) -> Result<Option<Verb>, NotKnown> {
    let live = source.get(&secret_ref(namespace))?;
    let wanted = is_wanted(source, namespace)?;
    Ok(match (live.as_deref(), &source.settings().api_token) {
        (None, Some(token)) if wanted => Some(Verb::Create(secret::generated(
            meta::metadata(namespace, names::API_TOKEN_SECRET, meta::operator_labels()),
            [(names::API_TOKEN_KEY, token.clone())],
        ))),
        (Some(live), _) if !secret::is_generated(live) || live.is_being_deleted() => None,
        (Some(live), _) if !wanted => Some(Verb::Delete { seen: Precondition::seen(live) }),
        (Some(live), Some(token)) => refreshed(live, token),
        (Some(_) | None, None) | (None, Some(_)) => None,
    })
}

fn refreshed(live: &Object, token: &str) -> Option<Verb> {
    let same =
        live.secret_value(names::API_TOKEN_KEY).is_some_and(|value| value == token.as_bytes());
    (!same).then(|| Verb::Patch {
        patch: json!({ "data": { names::API_TOKEN_KEY: secret::encode(token) } }),
        seen: Precondition::seen(live),
    })
}

/// Whether a module in the namespace asks for the API token. A disabled one still does: its
/// Deployment may be back any moment.
fn is_wanted(source: &dyn Source, namespace: &str) -> Result<bool, NotKnown> {
    Ok(!source.referrers(Index::WANTS_API_TOKEN, namespace, "true")?.is_empty())
}
