//! The whole brain: a snapshot in, actions out, nothing else.
//!
//! `render` performs no I/O, reads no clock, no environment and no random source, and cannot fail:
//! a bad resource becomes a condition on that resource and nothing else.

mod again;
mod bot_module;
mod clash;
mod context;
mod digest;
mod event;
pub(crate) mod former;
mod generate;
mod grace;
mod ipc_config;
mod mend;
pub mod meta;
mod namespace;
mod neighbourhood;
mod operator;
mod pod;
mod prune;
mod resource;
mod rollout;
mod status;
mod takeover;
mod trouble;
mod validation;
mod wish;

pub use again::look_again;
pub use context::{NOT_KEPT, Wishes};
pub use digest::{APPLIED_DIGEST, KEYED_DIGESTS, key_secret, keyed_config_hash};
pub use ipc_config::token_secret_of;
pub use meta::{CONFIG_HASH, DIGEST_KEY_SECRET, GENERATED_BY, STATUS_MANAGER, TOKEN_DIGEST};
pub use namespace::{asks_for_token, secret_ref as api_token_secret};
pub use neighbourhood::{Source, alone, neighbourhood};
pub use rollout::paused as paused_rollout;
pub use status::{counts_alone_differ, is_paused, live_condition};

use crate::action::{ApplyAction, Subject};
use crate::object::Kind;
use crate::snapshot::{ClusterSnapshot, Entropy};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Every action that brings the cluster closer to what its custom resources ask for, in the order
/// in which they are to be performed. Empty for a settled cluster.
pub fn render(snapshot: &ClusterSnapshot) -> Vec<ApplyAction> {
    subjects(snapshot).iter().flat_map(|subject| render_subject(snapshot, subject)).collect()
}

/// The actions of one Subject. The snapshot may be that Subject's [`neighbourhood()`] alone.
pub fn render_subject(snapshot: &ClusterSnapshot, subject: &Subject) -> Vec<ApplyAction> {
    match subject {
        Subject::Operator => operator::render(snapshot),
        Subject::Namespace(namespace) => namespace::render(snapshot, namespace),
        Subject::IpcConfig { namespace, name } => {
            resource::render(snapshot, subject, namespace, name, &ipc_config::WAY)
        }
        Subject::BotModule { namespace, name } => {
            resource::render(snapshot, subject, namespace, name, &bot_module::WAY)
        }
    }
}

/// The manifests that are to be kept applied, whether the live objects are as wanted or not. What
/// comes behind a wish that is blocked or waits is not among them.
pub fn wishes(snapshot: &ClusterSnapshot) -> Wishes {
    let wishes = RefCell::default();
    for subject in subjects(snapshot) {
        let note = |namespace, name, way| {
            resource::note_wishes(snapshot, &subject, namespace, name, way, &wishes);
        };
        match &subject {
            Subject::Operator | Subject::Namespace(_) => {}
            Subject::IpcConfig { namespace, name } => note(namespace, name, &ipc_config::WAY),
            Subject::BotModule { namespace, name } => note(namespace, name, &bot_module::WAY),
        }
    }
    wishes.into_inner()
}

/// A value that stands in for the operator's API token where none is known.
pub fn api_token(entropy: Entropy) -> String {
    let secret = namespace::secret_ref("");
    generate::secret_value(entropy, &secret, "api-token")
}

/// Every Subject of the watched namespaces, in the order in which they are rendered. Those that the
/// snapshot names, where it is of their neighbourhoods alone.
pub fn subjects(snapshot: &ClusterSnapshot) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::from([Subject::Operator]);
    for object in snapshot.objects() {
        let at = object.reference();
        if !snapshot.watches(&at.namespace) {
            continue;
        }
        let (namespace, name) = (at.namespace.clone(), at.name.clone());
        match at.kind {
            Kind::BotModule => {
                subjects.insert(Subject::Namespace(namespace.clone()));
                subjects.insert(Subject::BotModule { namespace, name });
            }
            Kind::IpcConfig => {
                subjects.insert(Subject::IpcConfig { namespace, name });
            }
            Kind::Secret if name == meta::API_TOKEN_SECRET => {
                subjects.insert(Subject::Namespace(namespace));
            }
            Kind::S3Store
            | Kind::BackupSchedule
            | Kind::BackupRestore
            | Kind::Secret
            | Kind::PersistentVolumeClaim
            | Kind::ConfigMap
            | Kind::Service
            | Kind::Deployment
            | Kind::PodDisruptionBudget
            | Kind::ReplicaSet
            | Kind::Pod => {}
        }
    }
    if !snapshot.only.is_empty() {
        subjects.retain(|subject| snapshot.only.contains(subject));
    }
    subjects
}
