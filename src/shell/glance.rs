//! What an overview asks of a cluster, read once and with the rights that a person has: for `status`.

use super::discovery::{Served, served_kinds};
use super::request::{self, within};
use super::{kinds, pages};
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::overview;
use crate::render::token_secret_of;
use crate::snapshot::{ClusterSnapshot, Entropy, Observed, ServedKinds, Settings};
use crate::trim;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PartialObjectMeta;
use kube::{Api, Client};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a person could read of a cluster.
pub struct Glance {
    pub snapshot: ClusterSnapshot,
    /// The kinds that could be read once and cannot be any more: what the snapshot has of them is old.
    pub stale: Vec<Kind>,
    /// Why the first of what could not be read was not.
    pub cause: Option<String>,
    /// Whether custom resources are among what could not be read: nobody can tell how the bot is then.
    pub is_blind: bool,
}

/// Reads what an overview asks for, of one namespace or of all. Of Secrets it asks for the metadata alone.
///
/// # Errors
/// One line that says why there is nothing to read.
pub async fn glance(
    client: &Client,
    settings: &Settings,
    namespace: Option<&str>,
) -> Result<Glance, String> {
    let served = served_kinds(client).await?;
    let snapshot = empty(settings, &served.kinds);
    let mut glance = Glance { snapshot, stale: Vec::new(), cause: None, is_blind: false };
    for kind in listed(&served) {
        match list(client, kind, namespace, &served.kinds).await {
            Ok(objects) => objects.into_iter().for_each(|object| glance.snapshot.insert(object)),
            Err(why) => {
                glance.snapshot.set_unlisted(kind);
                glance.is_blind |= kind.is_custom();
                glance.cause.get_or_insert(why);
            }
        }
    }
    for secret in token_secrets(&glance.snapshot) {
        let (observed, why) = metadata_of(client, &secret).await;
        glance.snapshot.note(&secret, observed);
        glance.cause = glance.cause.or(why);
    }
    Ok(glance)
}

/// A cluster of which nothing was read yet.
pub fn empty(settings: &Settings, served: &ServedKinds) -> ClusterSnapshot {
    // Nothing is generated from it.
    let entropy = Entropy([0; 32]);
    let mut snapshot = ClusterSnapshot::new(settings.clone(), Timestamp::now(), entropy);
    snapshot.served = served.clone();
    snapshot
}

/// The kinds to be listed, as far as they are served.
pub fn listed(served: &Served) -> Vec<Kind> {
    let kinds = overview::listed().chain([Kind::Deployment]);
    kinds.filter(|kind| !served.missing.contains(kind)).collect()
}

/// Which objects of a kind are asked for.
pub fn selector(kind: Kind) -> Option<String> {
    (!kind.is_custom()).then(names::ours)
}

/// The Secrets that hold the tokens of NATS.
pub fn token_secrets(snapshot: &ClusterSnapshot) -> BTreeSet<ObjectRef> {
    let custom = snapshot.objects().filter(|object| object.reference().kind == Kind::IpcConfig);
    custom.filter_map(|object| token_secret_of(object)).collect()
}

async fn list(
    client: &Client,
    kind: Kind,
    namespace: Option<&str>,
    served: &ServedKinds,
) -> Result<Vec<Arc<Object>>, String> {
    let api = kinds::api_of(client, kind, namespace);
    let mut objects = Vec::new();
    let take = |item: kinds::Fetched| objects.extend(trimmed(item, kind, served));
    pages::each_of(&api, kind, selector(kind), take).await?;
    Ok(objects)
}

/// What is kept of an object.
pub fn trimmed<R>(
    fetched: kinds::Fetched<R>,
    kind: Kind,
    served: &ServedKinds,
) -> Option<Arc<Object>> {
    let mut object = fetched.into_object(kind, served)?;
    trim::trim(object.value_mut(), kind);
    Some(Arc::new(object))
}

async fn metadata_of(client: &Client, at: &ObjectRef) -> (Observed<Arc<Object>>, Option<String>) {
    let api: Api<Secret> = Api::namespaced(client.clone(), &at.namespace);
    match within(request::PATIENCE, api.get_metadata(&at.name)).await {
        Ok(secret) => (without_data(&secret).map_or(Observed::Unknown, Observed::Present), None),
        Err(request::RequestFailure::NotFound(_)) => (Observed::Absent, None),
        Err(why) => (Observed::Unknown, Some(format!("cannot read {at}: {why}"))),
    }
}

/// A Secret of which nothing but the metadata was asked for.
pub fn without_data(secret: &PartialObjectMeta<Secret>) -> Option<Arc<Object>> {
    let metadata: Value = serde_json::to_value(&secret.metadata).ok()?;
    let kind = Kind::Secret;
    let value =
        json!({ "apiVersion": kind.api_version(), "kind": kind.name(), "metadata": metadata });
    Object::new(value, "").map(Arc::new)
}
