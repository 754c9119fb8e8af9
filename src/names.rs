//! Every name that the cluster knows us by: objects, labels, annotations, field managers.
//!
//! They stand on the ground floor, because render, the simulated cluster and the shell all need them.

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
/// Digest of the manifest that was last applied.
pub const APPLIED_DIGEST: &str = "eevee.bot/applied-digest";
/// Digest of the configuration that pods were started with.
pub const CONFIG_HASH: &str = "eevee.bot/config-hash";
/// Keyed digest of the NATS token that pods were started with.
pub const TOKEN_DIGEST: &str = "eevee.bot/token-digest";
/// Keyed digest of the environment Secrets that pods were started with.
pub const ENV_DIGEST: &str = "eevee.bot/env-digest";
/// Annotations of a pod template that depend on a Secret's data or on the digest key.
pub const KEYED_DIGESTS: [&str; 2] = [TOKEN_DIGEST, ENV_DIGEST];
/// Annotation of Kubernetes' own, by which the ReplicaSet of a Deployment's revision is found.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// Label of everything that the operator makes, with [`OPERATOR`] as its value.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Label that selects the pods of a module.
pub const MODULE_LABEL: &str = "eevee.bot/module";
/// Label that selects the pods of NATS servers.
pub const NATS_SERVER_LABEL: &str = "eevee.bot/nats-server";
/// Label that selects the pods of one IpcConfig.
pub const IPC_CONFIG_LABEL: &str = "eevee.bot/ipcconfig";

/// Key of a Secret for NATS clients: the address of the server.
pub const HOST_KEY: &str = "host";

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
