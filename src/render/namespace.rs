//! The API-token Secret of one namespace, for modules that may call the operator's HTTP API.

use super::context::still_stands;
use super::meta;
use crate::action::{ApplyAction, Precondition, Subject, Verb};
use crate::object::{Kind, Object, ObjectRef};
use crate::snapshot::{ClusterSnapshot, NotKnown};
use base64::Engine;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

/// Key of the API token in its Secret.
pub const TOKEN_KEY: &str = "token";

/// Keeps the Secret equal to the operator's own token while a module asks for it, and removes it
/// when none does any more. One that we did not make is never touched.
pub fn render(snapshot: &ClusterSnapshot, namespace: &str) -> Vec<ApplyAction> {
    if !snapshot.watches(namespace) {
        return Vec::new();
    }
    let Ok(Some(verb)) = decide(snapshot, namespace) else { return Vec::new() };
    let action = ApplyAction {
        subject: Subject::Namespace(namespace.to_owned()),
        target: secret_ref(namespace),
        verb,
    };
    unless_refused(snapshot, action).into_iter().collect()
}

/// Where the API token of a namespace is kept.
pub fn secret_ref(namespace: &str) -> ObjectRef {
    ObjectRef::new(Kind::Secret, namespace, meta::API_TOKEN_SECRET)
}

fn decide(snapshot: &ClusterSnapshot, namespace: &str) -> Result<Option<Verb>, NotKnown> {
    let live = snapshot.get(&secret_ref(namespace))?;
    let wanted = is_wanted(snapshot, namespace)?;
    Ok(match (live, &snapshot.settings.api_token) {
        (None, Some(token)) if wanted => Some(Verb::Create(generated_secret(
            meta::metadata(namespace, meta::API_TOKEN_SECRET, meta::operator_labels()),
            [(TOKEN_KEY, token.clone())],
        ))),
        (Some(live), _) if !is_generated(live) || live.is_being_deleted() => None,
        (Some(live), _) if !wanted => Some(Verb::Delete { seen: Precondition::seen(live) }),
        (Some(live), Some(token)) => refreshed(live, token),
        (Some(_) | None, None) | (None, Some(_)) => None,
    })
}

fn refreshed(live: &Object, token: &str) -> Option<Verb> {
    let same = live.secret_value(TOKEN_KEY).is_some_and(|value| value == token.as_bytes());
    (!same).then(|| Verb::Patch {
        patch: json!({ "data": { TOKEN_KEY: encode(token) } }),
        seen: Precondition::seen(live),
    })
}

/// Whether a module in the namespace asks for the API token. A disabled one still does: its
/// Deployment may be back any moment.
fn is_wanted(snapshot: &ClusterSnapshot, namespace: &str) -> Result<bool, NotKnown> {
    let mut modules = snapshot.list(Kind::BotModule, namespace)?;
    Ok(modules.any(|module| asks_for_token(module)))
}

/// Whether a BotModule asks for the API token.
pub fn asks_for_token(module: &Object) -> bool {
    module.at("/spec/mountOperatorApiToken").and_then(Value::as_bool) == Some(true)
}

/// Whether a Secret carries our mark.
pub fn is_generated(secret: &Object) -> bool {
    secret.annotation(meta::GENERATED_BY) == Some(meta::OPERATOR)
}

/// A Secret that carries our mark.
pub fn generated_secret<const N: usize>(metadata: ObjectMeta, data: [(&str, String); N]) -> Value {
    let mark = (meta::GENERATED_BY.to_owned(), meta::OPERATOR.to_owned());
    let mut annotations = metadata.annotations.clone().unwrap_or_default();
    annotations.extend([mark]);
    let data =
        data.into_iter().map(|(key, value)| (key.to_owned(), ByteString(value.into_bytes())));
    super::wish::manifest(&Secret {
        metadata: ObjectMeta { annotations: Some(annotations), ..metadata },
        data: Some(data.collect()),
        type_: Some("Opaque".to_owned()),
        ..Secret::default()
    })
}

/// The form in which a Secret holds a text.
pub fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Holds a request back that the API server has refused, until its back-off time has passed. For
/// Subjects that have no status to say so.
pub fn unless_refused(snapshot: &ClusterSnapshot, action: ApplyAction) -> Option<ApplyAction> {
    let wish = action.verb.wish();
    let refusals = snapshot.refusals.get(&action.subject).into_iter().flatten();
    let stands = refusals.into_iter().any(|refusal| {
        refusal.target == action.target && refusal.wish == wish && still_stands(snapshot, refusal)
    });
    (!stands).then_some(action)
}
