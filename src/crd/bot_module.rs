//! BotModule: one module of the bot (a connector, the router, a plugin) as a Deployment.

use super::image::{ECHO, OPERATOR, image};
use super::{LocalReference, SecretReference};
use k8s_openapi::api::apps::v1::DeploymentStrategy;
use k8s_openapi::api::core::v1::{
    Affinity, EnvVar, LocalObjectReference, PersistentVolumeClaimSpec, PodSecurityContext, Probe,
    ResourceRequirements, SecurityContext, Toleration, TopologySpreadConstraint,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a module is and how it runs.
#[derive(Clone, Debug, Default, PartialEq, CustomResource, Deserialize, Serialize, KubeSchema)]
#[kube(
    group = "eevee.bot",
    version = "v1",
    kind = "BotModule",
    plural = "botmodules",
    shortname = "bm",
    category = "eevee",
    namespaced,
    status = "BotModuleStatus",
    derive = "PartialEq",
    derive = "Default",
    doc = "One module of the bot: a connector, the router, a plugin or the toolbox. The operator keeps a Deployment, a ConfigMap and a claim for it.",
    scale(spec_replicas_path = ".spec.size", status_replicas_path = ".status.replicas", label_selector_path = ".status.selector"),
    validation = Rule::new("oldSelf.hasValue() || size(self.metadata.name) <= 63")
        .message("metadata.name must be at most 63 characters: it becomes the value of label eevee.bot/module")
        .optional_old_self(true),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Image", type_ = "string", json_path = ".spec.image"),
    printcolumn(name = "Size", type_ = "integer", json_path = ".spec.size"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
)]
#[serde(rename_all = "camelCase")]
pub struct BotModuleSpec {
    /// Whether the module runs. False removes its Deployment. Its ConfigMap and its claim stay, are
    /// kept up to date, and are made if they are missing.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Number of replicas. `kubectl scale` and an HorizontalPodAutoscaler set it.
    #[serde(default = "one")]
    #[schemars(range(min = 0))]
    pub size: i32,
    /// Container image of the module.
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("image", ECHO))]
    pub image: String,
    /// When the kubelet pulls the image.
    #[serde(default)]
    pub pull_policy: PullPolicy,
    /// Another name for pullPolicy. It wins if both are set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<PullPolicy>,
    /// Whether the module serves /health and /metrics on metricsPort. True adds the container port
    /// `metrics`, the variables METRICS_ENABLED, METRICS_PORT and HTTP_API_PORT, and the default
    /// liveness and readiness probes.
    #[serde(default)]
    pub metrics: bool,
    /// Port that the module serves /health and /metrics on.
    #[serde(default = "default_metrics_port")]
    #[schemars(range(min = 1, max = 65535))]
    pub metrics_port: i32,
    /// Name of the IpcConfig in the same namespace whose NATS the module talks to. Sets NATS_HOST
    /// and NATS_TOKEN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub ipc_config: Option<String>,
    /// The module's logical name: the `name` of the HTTP API and a part of backup paths. Defaults
    /// to metadata.name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("!self.contains('/') && self != '.' && self != '..'").message("moduleName becomes a part of backup paths: it must not contain '/' nor be '.' or '..'"))]
    pub module_name: Option<String>,
    /// The module's configuration: YAML text that is handed to the module unchanged, byte for
    /// byte, as /etc/module-config/config.yaml. At most 1,047,552 bytes, because a ConfigMap holds
    /// 1 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1_047_552))]
    pub module_config: Option<String>,
    /// A claim for the module's data, mounted at volumeMountPath. Empty accessModes become
    /// ReadWriteOnce, a missing storage request becomes 1Gi. The claim is created once, grows when
    /// its storage request grows, and is never deleted: the data outlives the module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent_volume_claim: Option<PersistentVolumeClaimSpec>,
    /// Where the claim is mounted. Also the value of MODULE_DATA.
    #[serde(default = "default_volume_mount_path")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = Rule::new("self.startsWith('/') && self.matches('[^/]') && !self.contains(':')").message("volumeMountPath must be an absolute path below / and without ':', for example /data"))]
    #[x_kube(validation = Rule::new("!self.matches('^/etc/module-config(/|$)')").message("volumeMountPath must not be /etc/module-config nor below it: the module's configuration is mounted there"))]
    pub volume_mount_path: String,
    /// A Secret. Each of its keys becomes an environment variable. The pods are restarted when its
    /// data changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env_secret: Option<SecretReference>,
    /// Whether the module may call the operator's HTTP API. True sets EEVEE_OPERATOR_API_TOKEN and
    /// EEVEE_OPERATOR_API_URL.
    #[serde(default)]
    pub mount_operator_api_token: bool,
    /// Replaces the default liveness probe (HTTP GET /health on metricsPort, every 30 s) entirely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = one_handler("livenessProbe"))]
    #[x_kube(validation = Rule::new("!has(self.successThreshold) || self.successThreshold in [0, 1]").message("livenessProbe.successThreshold must be 1"))]
    pub liveness_probe: Option<Probe>,
    /// Replaces the default readiness probe (HTTP GET /health on metricsPort, every 10 s) entirely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = one_handler("readinessProbe"))]
    pub readiness_probe: Option<Probe>,
    /// A startup probe. There is none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = one_handler("startupProbe"))]
    #[x_kube(validation = Rule::new("!has(self.successThreshold) || self.successThreshold in [0, 1]").message("startupProbe.successThreshold must be 1"))]
    pub startup_probe: Option<Probe>,
    /// Compute resources of the module's container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,
    /// The BackupSchedule in the same namespace that backs up the claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_schedule: Option<LocalReference>,
    /// Restores the newest backup into the claim before the module's first start. A claim that is
    /// not empty is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_from_backup: Option<BootstrapFromBackup>,
    /// What a changed moduleConfig does: with Restart it rolls the pods, with HotReload it does
    /// not, for modules that watch their file.
    #[serde(default)]
    pub config_reload: ConfigReload,
    /// How old pods are replaced by new ones. Defaults to Recreate if the module has a
    /// ReadWriteOnce or ReadWriteOncePod claim, and to RollingUpdate otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("!has(self.type) || self.type in ['', 'Recreate', 'RollingUpdate']").message("strategy.type must be Recreate or RollingUpdate"))]
    #[x_kube(validation = Rule::new("!(has(self.type) && self.type == 'Recreate' && has(self.rollingUpdate))").message("strategy.rollingUpdate must be left out when strategy.type is Recreate"))]
    #[x_kube(validation = Rule::new("!has(self.rollingUpdate) || !has(self.rollingUpdate.maxSurge) || !has(self.rollingUpdate.maxUnavailable) || [self.rollingUpdate.maxSurge, self.rollingUpdate.maxUnavailable].exists(n, n != 0 && n != '0%')").message("strategy.rollingUpdate.maxSurge and maxUnavailable must not both be 0: no pod could ever be replaced"))]
    pub strategy: Option<DeploymentStrategy>,
    /// Labels that a node must have for the pods to run on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,
    /// Node taints that the pods tolerate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerations: Option<Vec<Toleration>>,
    /// Scheduling constraints of the pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// How the pods are spread over the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topology_spread_constraints: Option<Vec<TopologySpreadConstraint>>,
    /// Secrets in the same namespace that the image is pulled with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_secrets: Option<Vec<LocalObjectReference>>,
    /// ServiceAccount of the pods. Its token is mounted only when this is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub service_account_name: Option<String>,
    /// PriorityClass of the pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub priority_class_name: Option<String>,
    /// Seconds that a pod is given to stop. Defaults to that of the cluster (30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub termination_grace_period_seconds: Option<i64>,
    /// Security settings of the pods. Set fields replace those of the default, which is seccomp
    /// profile RuntimeDefault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_security_context: Option<PodSecurityContext>,
    /// Security settings of the module's container. Set fields replace those of the default, which
    /// is allowPrivilegeEscalation false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_context: Option<SecurityContext>,
    /// Annotations for the pods. The key app and keys with prefix eevee.bot/ or app.kubernetes.io/
    /// belong to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 128))]
    #[x_kube(validation = free_keys("podAnnotations"))]
    pub pod_annotations: Option<BTreeMap<String, String>>,
    /// Labels for the pods. The key app and keys with prefix eevee.bot/ or app.kubernetes.io/
    /// belong to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maxProperties" = 128))]
    #[x_kube(validation = free_keys("podLabels"))]
    pub pod_labels: Option<BTreeMap<String, String>>,
    /// More environment variables. An entry replaces a variable of the operator that has the same
    /// name, except NAMESPACE, RESOURCE_NAME, NATS_TOKEN and EEVEE_OPERATOR_API_TOKEN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".to_owned()]))]
    #[x_kube(validation = Rule::new("self.all(e, !(e.name in ['NAMESPACE', 'RESOURCE_NAME', 'NATS_TOKEN', 'EEVEE_OPERATOR_API_TOKEN']))")
        .message("extraEnv must not set NAMESPACE, RESOURCE_NAME, NATS_TOKEN or EEVEE_OPERATOR_API_TOKEN: the operator sets them"))]
    #[x_kube(validation = Rule::new("self.all(e, !(has(e.value) && size(e.value) > 0 && has(e.valueFrom)))")
        .message("an entry of extraEnv must have either value or valueFrom, not both"))]
    pub extra_env: Option<Vec<EnvVar>>,
}

/// When the kubelet pulls an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum PullPolicy {
    Always,
    #[default]
    IfNotPresent,
    Never,
}

impl PullPolicy {
    /// The value of a container's `imagePullPolicy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// What a changed moduleConfig does to the pods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ConfigReload {
    #[default]
    Restart,
    HotReload,
}

/// Restores a backup before the first start.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct BootstrapFromBackup {
    /// The S3Store that the backup is read from.
    pub s3_store: LocalReference,
    /// Container image of the restore Job. Its command is /usr/local/bin/restore.sh. Defaults to
    /// the operator's own image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("image", OPERATOR))]
    pub image: Option<String>,
    /// When the kubelet pulls the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<PullPolicy>,
}

/// What the operator last observed of a module.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct BotModuleStatus {
    /// The metadata.generation that the conditions are about. -1 until the operator has written a
    /// status for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions, one per type: Ready, and Reconciling, Stalled, ClaimReady, ConfigValid,
    /// Bootstrapped and Paused where they apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    pub conditions: Vec<Condition>,
    /// Number of pods of the module.
    #[serde(default)]
    pub replicas: i32,
    /// Number of pods of the module that are ready.
    #[serde(default)]
    pub ready_replicas: i32,
    /// Label selector of the module's pods, as text. The scale subresource reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// Image that the module's Deployment asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// When the module was first seen available. It distinguishes a module that never ran from one
    /// that is being updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_available_time: Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>,
    /// The BackupRestore for which the module is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_by: Option<String>,
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

fn default_metrics_port() -> i32 {
    9000
}

fn default_volume_mount_path() -> String {
    "/data".to_owned()
}

/// A probe with several handlers, or none, is refused by the API server only when the Deployment
/// is applied.
fn one_handler(field: &str) -> kube::core::Rule {
    kube::core::Rule::new(
        "[has(self.exec), has(self.grpc), has(self.httpGet), has(self.tcpSocket)].filter(h, h).size() == 1",
    )
    .message(format!("{field} must have exactly one of exec, grpc, httpGet and tcpSocket").as_str())
}

/// Keys that the operator writes itself are not for the user.
pub(super) fn free_keys(field: &str) -> kube::core::Rule {
    kube::core::Rule::new(
        "self.all(k, k != 'app' && !k.startsWith('eevee.bot/') && !k.startsWith('app.kubernetes.io/'))",
    )
    .message(format!(
        "{field} must not use the key app or a key with prefix eevee.bot/ or app.kubernetes.io/: they belong to the operator"
    ).as_str())
}
