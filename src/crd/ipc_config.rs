//! IpcConfig: the NATS server that modules talk over.

use super::PullPolicy;
use super::bot_module::free_keys;
use super::image::image;
use k8s_openapi::api::core::v1::{
    Affinity, LocalObjectReference, ResourceRequirements, Toleration,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the modules of a bot talk to each other.
#[derive(Clone, Debug, Default, PartialEq, CustomResource, Deserialize, Serialize, KubeSchema)]
#[kube(
    group = "eevee.bot",
    version = "v1",
    kind = "IpcConfig",
    plural = "ipcconfigs",
    shortname = "ipc",
    category = "eevee",
    namespaced,
    status = "IpcConfigStatus",
    derive = "PartialEq",
    derive = "Default",
    doc = "The NATS server that the modules of a bot talk over: one that the operator runs, or an external one.",
    validation = Rule::new("oldSelf.hasValue() || size(self.metadata.name) <= 44")
        .message("metadata.name must be at most 44 characters: Service eevee-<name>-nats-cluster is named after it")
        .optional_old_self(true),
    validation = Rule::new("oldSelf.hasValue() || !self.metadata.name.contains('.')")
        .message("metadata.name must not contain dots: Services are named after it")
        .optional_old_self(true),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Image", type_ = "string", json_path = ".status.image"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct IpcConfigSpec {
    /// The NATS server.
    #[serde(default)]
    pub nats: NatsSpec,
}

/// The NATS server and the token that it asks for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct NatsSpec {
    /// The NATS server that the operator runs.
    #[serde(default)]
    pub managed: ManagedNats,
    /// The token that clients authenticate with.
    #[serde(default)]
    pub token: NatsToken,
}

/// A NATS server that the operator runs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedNats {
    /// Whether the operator runs the server. False: modules take host and token from the token
    /// Secret.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Container image of the NATS server. Defaults to that of the installation (variable
    /// NATS_IMAGE of the operator), which is docker.io/library/nats:2.15-alpine by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("image", "docker.io/library/nats:2.15-alpine"))]
    pub image: Option<String>,
    /// When the kubelet pulls the images of server and exporter.
    #[serde(default = "if_not_present")]
    pub image_pull_policy: PullPolicy,
    /// Compute resources of the NATS container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,
    /// Number of servers. Several servers form a NATS cluster.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub replicas: i32,
    /// Labels that a node must have for the pods to run on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,
    /// Node taints that the pods tolerate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerations: Option<Vec<Toleration>>,
    /// Scheduling constraints of the pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// Secrets in the same namespace that the images are pulled with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_secrets: Option<Vec<LocalObjectReference>>,
    /// PriorityClass of the pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub priority_class_name: Option<String>,
    /// Annotations for the pods. The key app and keys with prefix eevee.bot/ or app.kubernetes.io/
    /// belong to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 128))]
    #[x_kube(validation = free_keys("podAnnotations"))]
    pub pod_annotations: Option<BTreeMap<String, String>>,
    /// Whether a Prometheus exporter runs beside the server.
    #[serde(default = "yes")]
    pub metrics: bool,
    /// Port that the exporter serves /metrics on.
    #[serde(default = "default_metrics_port")]
    #[schemars(range(min = 1, max = 65535))]
    #[x_kube(validation = Rule::new("!(self in [4222, 6222, 8222])").message("metricsPort must not be 4222, 6222 or 8222: the NATS server listens there"))]
    pub metrics_port: i32,
    /// Container image of the exporter. Defaults to that of the installation (variable
    /// NATS_EXPORTER_IMAGE of the operator), which is
    /// docker.io/natsio/prometheus-nats-exporter:0.20.1 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("metricsImage", "docker.io/natsio/prometheus-nats-exporter:0.20.1"))]
    pub metrics_image: Option<String>,
}

impl Default for ManagedNats {
    fn default() -> Self {
        Self {
            enabled: yes(),
            image: None,
            image_pull_policy: if_not_present(),
            resources: None,
            replicas: one(),
            node_selector: None,
            tolerations: None,
            affinity: None,
            image_pull_secrets: None,
            priority_class_name: None,
            pod_annotations: None,
            metrics: yes(),
            metrics_port: default_metrics_port(),
            metrics_image: None,
        }
    }
}

/// The token that clients authenticate with.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct NatsToken {
    /// Whether a token is generated when the Secret does not exist. A token that exists is never
    /// replaced, except by annotation eevee.bot/rotate-token.
    #[serde(default = "yes")]
    pub generate: bool,
    /// The Secret that holds the token. Defaults to Secret eevee-<name>-nats-token, key token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<TokenKeyRef>,
}

impl Default for NatsToken {
    fn default() -> Self {
        Self { generate: yes(), secret_key_ref: None }
    }
}

/// The Secret and the key that hold the token.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenKeyRef {
    /// The Secret. Its key host names an external NATS server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<TokenSecret>,
    /// Key of the token in the data of the Secret. Defaults to token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    #[x_kube(validation = Rule::new("self.matches('^[-._a-zA-Z0-9]+$')").message("key must consist of letters, digits, '-', '_' and '.'"))]
    #[x_kube(validation = Rule::new("self != 'host'").message("key must not be host: that key of the Secret names the NATS server"))]
    pub key: Option<String>,
}

/// The Secret that holds the token.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenSecret {
    /// Name of the Secret. Defaults to eevee-<name>-nats-token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub name: Option<String>,
    /// Namespace of the Secret. May be left out; a namespace other than that of the resource
    /// itself is refused with reason InvalidSpec, because pods cannot read Secrets across
    /// namespaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What the operator last observed of a NATS server.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct IpcConfigStatus {
    /// The metadata.generation that the conditions are about. -1 until the operator has written a
    /// status for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions, one per type: Ready, and Reconciling, Stalled, TokenRotated and Paused
    /// where they apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    pub conditions: Vec<Condition>,
    /// Container image of the server. Empty for an external one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// When the server was first seen available. It distinguishes a server that never ran from one
    /// that is being updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_available_time: Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>,
    /// The last value of annotation eevee.bot/reconcile-requested that was acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
}

fn yes() -> bool {
    true
}

fn one() -> i32 {
    1
}

fn if_not_present() -> PullPolicy {
    PullPolicy::IfNotPresent
}

fn default_metrics_port() -> i32 {
    7777
}
