//! Names, labels, annotations and owner references.

use crate::crd;
use crate::object::{Object, Owner};
use crate::snapshot::{ServedKinds, names_custom_resource};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use std::collections::BTreeMap;

/// Who we are, in labels, annotations and field managers.
pub const OPERATOR: &str = "eevee-operator";
/// Field manager of every status.
pub const STATUS_MANAGER: &str = "eevee-operator-status";
/// Secret of the HTTP API's bearer token, in every namespace where a module asks for it.
pub const API_TOKEN_SECRET: &str = "eevee-operator-api-token";
/// Secret of the key that digests of secret data are made with.
pub const DIGEST_KEY_SECRET: &str = "eevee-operator-digest-key";
/// Marks a Secret whose value we generated.
pub const GENERATED_BY: &str = "eevee.bot/generated-by";
/// Asks for a new token, once per value.
pub const ROTATE_TOKEN: &str = "eevee.bot/rotate-token";
/// The value of [`ROTATE_TOKEN`] that the token was rotated for.
pub const ROTATED_FOR: &str = "eevee.bot/rotated-for";
/// "true" stops all writes for a resource.
pub const PAUSED: &str = "eevee.bot/paused";
/// Asks to look at everything again; acknowledged in `status.lastHandledReconcileAt`.
pub const RECONCILE_REQUESTED: &str = "eevee.bot/reconcile-requested";
/// Digest of the configuration that pods were started with.
pub const CONFIG_HASH: &str = "eevee.bot/config-hash";
/// Keyed digest of the NATS token that pods were started with.
pub const TOKEN_DIGEST: &str = "eevee.bot/token-digest";
/// Keyed digest of the environment Secrets that pods were started with.
pub const ENV_DIGEST: &str = "eevee.bot/env-digest";
/// Annotation of Kubernetes' own, by which the ReplicaSet of a Deployment's revision is found.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// Label that selects the pods of a module.
pub const MODULE_LABEL: &str = "eevee.bot/module";
/// Label that selects the pods of NATS servers.
pub const NATS_SERVER_LABEL: &str = "eevee.bot/nats-server";
/// Label that selects the pods of one IpcConfig.
pub const IPC_CONFIG_LABEL: &str = "eevee.bot/ipcconfig";

/// Names of what a BotModule becomes.
pub mod module {
    pub fn deployment(module: &str) -> String {
        format!("eevee-{module}-module")
    }
    pub fn config_map(module: &str) -> String {
        format!("eevee-{module}-module-config")
    }
    pub fn claim(module: &str) -> String {
        format!("eevee-{module}-module-pvc")
    }
    /// Whether a claim may be that of a module.
    pub fn is_claim(name: &str) -> bool {
        name.starts_with("eevee-") && name.ends_with("-module-pvc")
    }
}

/// Names of what an IpcConfig becomes.
pub mod nats {
    /// Deployment, Service and PodDisruptionBudget.
    pub fn server(ipc_config: &str) -> String {
        format!("eevee-{ipc_config}-nats")
    }
    pub fn cluster_service(ipc_config: &str) -> String {
        format!("eevee-{ipc_config}-nats-cluster")
    }
    pub fn config_secret(ipc_config: &str) -> String {
        format!("eevee-{ipc_config}-nats-config")
    }
    pub fn routes_secret(ipc_config: &str) -> String {
        format!("eevee-{ipc_config}-nats-routes")
    }
    pub fn token_secret(ipc_config: &str) -> String {
        format!("eevee-{ipc_config}-nats-token")
    }
}

pub type Labels = BTreeMap<String, String>;

/// The labels that select a module's pods. Immutable on existing Deployments.
pub fn module_selector(module: &str) -> Labels {
    Labels::from([(MODULE_LABEL.to_owned(), module.to_owned())])
}

/// The labels that select the pods of an IpcConfig's NATS. Immutable on existing Deployments.
pub fn nats_selector(ipc_config: &str) -> Labels {
    Labels::from([
        (NATS_SERVER_LABEL.to_owned(), "true".to_owned()),
        (IPC_CONFIG_LABEL.to_owned(), ipc_config.to_owned()),
    ])
}

/// The labels recommended by Kubernetes, for every object.
fn recommended(name: &str, instance: &str, component: &str) -> Labels {
    [
        ("app.kubernetes.io/name", name),
        ("app.kubernetes.io/instance", instance),
        ("app.kubernetes.io/component", component),
        ("app.kubernetes.io/part-of", crd::GROUP),
        ("app.kubernetes.io/managed-by", OPERATOR),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect()
}

/// Whether an object carries the label of what we made.
pub fn is_labelled(live: &Object) -> bool {
    live.label("app.kubernetes.io/managed-by") == Some(OPERATOR)
}

/// The labels of every object of a module.
pub fn module_labels(module: &str) -> Labels {
    let mut labels = recommended("eevee-module", module, "module");
    labels.extend(module_selector(module));
    labels
}

/// The labels of every object of an IpcConfig.
pub fn nats_labels(ipc_config: &str) -> Labels {
    let mut labels = recommended("nats", ipc_config, "nats");
    labels.extend(nats_selector(ipc_config));
    labels
}

/// The labels of an object, for its pods: NetworkPolicies, monitors and `kubectl logs -l` select
/// all pods of a bot by one more.
pub fn pod_labels(mut labels: Labels) -> Labels {
    labels.insert("app".to_owned(), crd::GROUP.to_owned());
    labels
}

/// The labels of the operator's own Secrets.
pub fn operator_labels() -> Labels {
    recommended(OPERATOR, OPERATOR, "operator")
}

/// The metadata of an object that we make, without an owner.
pub fn metadata(namespace: &str, name: impl Into<String>, labels: Labels) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.into()),
        namespace: Some(namespace.to_owned()),
        labels: Some(labels),
        ..ObjectMeta::default()
    }
}

/// The reference that makes a custom resource the controller of its objects. None where the
/// resource carries no uid, as offline input may.
pub fn owner_reference(owner: &Object, served: &ServedKinds) -> Option<OwnerReference> {
    Some(OwnerReference {
        api_version: crd::API_VERSION.to_owned(),
        kind: served.name(owner.reference().kind).to_owned(),
        name: owner.reference().name.clone(),
        uid: owner.uid()?.to_owned(),
        controller: Some(true),
        block_owner_deletion: Some(false),
    })
}

/// Whether an owner is this custom resource, or one that went before it under its name.
pub fn is_same_resource(owner: &Owner<'_>, resource: &Object) -> bool {
    names_custom_resource(owner, resource.reference().kind)
        && owner.name == resource.reference().name
}
