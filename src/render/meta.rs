//! Labels, metadata and owner references of what render makes.

use crate::crd;
use crate::names::{
    BACKUP_MODULE, BACKUP_TASK, IPC_CONFIG_LABEL, MANAGED_BY, MODULE_LABEL, NATS_SERVER_LABEL,
    OPERATOR,
};
use crate::object::{Object, Owner};
use crate::snapshot::{ServedKinds, names_custom_resource};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use std::collections::BTreeMap;

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
        (MANAGED_BY, OPERATOR),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect()
}

/// Whether an object carries the label of what we made.
pub fn is_labelled(live: &Object) -> bool {
    live.label(MANAGED_BY) == Some(OPERATOR)
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

/// The labels of what backs up, restores or tries a backup of a module. None of them is one that the
/// pods of the module are selected or counted by.
pub fn backup_labels(task: &str, module: &str) -> Labels {
    let mut labels = recommended("eevee-backup", module, task);
    let own = [(BACKUP_TASK, task), (BACKUP_MODULE, module)];
    labels.extend(own.map(|(key, value)| (key.to_owned(), value.to_owned())));
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
