//! Where manifests belong.

use super::shared::{EXAMPLE_BOT, documents};
use serde_json::Value;

/// examples/bot.yaml for another namespace.
pub fn example_bot(namespace: &str) -> Vec<Value> {
    let mut bot = documents(EXAMPLE_BOT);
    for object in &mut bot {
        object["metadata"]["namespace"] = namespace.into();
    }
    bot
}

/// The path of the API server below which the objects of a resource are. `resource` is its plural.
pub fn collection(resource: &str, namespace: &str) -> String {
    let version = match resource {
        "botmodules" | "ipcconfigs" | "s3stores" | "backupschedules" | "backuprestores" => {
            "apis/eevee.bot/v1"
        }
        "deployments" | "replicasets" | "statefulsets" => "apis/apps/v1",
        "jobs" | "cronjobs" => "apis/batch/v1",
        "poddisruptionbudgets" => "apis/policy/v1",
        "leases" => "apis/coordination.k8s.io/v1",
        "roles" | "rolebindings" => "apis/rbac.authorization.k8s.io/v1",
        _ => "api/v1",
    };
    format!("/{version}/namespaces/{namespace}/{resource}")
}

/// The path of the API server to an object, from its manifest.
#[track_caller]
pub fn path_of(object: &Value) -> String {
    let text = |pointer| object.pointer(pointer).and_then(Value::as_str);
    let need = |pointer| text(pointer).unwrap_or_else(|| panic!("no {pointer} in {object}"));
    let version = need("/apiVersion");
    let root = if version.contains('/') { "apis" } else { "api" };
    let plural = plural(need("/kind"));
    let name = need("/metadata/name");
    match text("/metadata/namespace") {
        Some(namespace) => format!("/{root}/{version}/namespaces/{namespace}/{plural}/{name}"),
        None => format!("/{root}/{version}/{plural}/{name}"),
    }
}

/// Of either casing of our own kinds too.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    }
}

/// Whether objects of that kind lie in no namespace.
pub fn is_cluster_scoped(kind: &str) -> bool {
    const KINDS: [&str; 8] = [
        "Namespace",
        "Node",
        "PersistentVolume",
        "StorageClass",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "PriorityClass",
    ];
    KINDS.contains(&kind)
        || kind.contains("AdmissionPolicy")
        || kind.ends_with("WebhookConfiguration")
}
