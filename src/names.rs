//! Every name that the cluster knows us by: objects, labels, annotations, field managers.
//!
//! They stand on the ground floor, because render, the simulated cluster and the shell all need them.

use sha2::{Digest, Sha256};

/// Who we are, in labels, annotations and field managers.
pub const OPERATOR: &str = "eevee-operator";
/// Field manager of every status.
pub const STATUS_MANAGER: &str = "eevee-operator-status";
/// Field manager of restarts: what the operator applies leaves its annotation alone.
pub const RESTART_MANAGER: &str = "eevee-operator-restart";
/// Secret of the HTTP API's bearer token, in every namespace where a module asks for it.
pub const API_TOKEN_SECRET: &str = "eevee-operator-api-token";
/// Key of the API token in its Secret.
pub const API_TOKEN_KEY: &str = "token";
/// Secret of the key that digests of secret data are made with.
pub const DIGEST_KEY_SECRET: &str = "eevee-operator-digest-key";
/// Key of the digest key in its Secret.
pub const DIGEST_KEY: &str = "key";
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
/// "true" on a claim whose data was restored, or was there before its module first ran.
pub const BOOTSTRAPPED: &str = "eevee.bot/bootstrapped";
/// On a claim: the BackupRestore, as name and uid with a slash between, that may have begun to move
/// files into their place. It goes when the claim is known to be whole.
pub const RESTORING: &str = "eevee.bot/restoring";
/// On a BackupRestore: how it ended. It is never run again.
pub const RESTORE_FINISHED: &str = "eevee.bot/restore-finished";
/// Label of CronJobs, Jobs and pods that back up, restore or try a backup: which of these they do.
pub const BACKUP_TASK: &str = "eevee.bot/backup-task";
/// Label of the same: the BotModule, under a name of its own, because pods of the module are counted
/// by [`MODULE_LABEL`].
pub const BACKUP_MODULE: &str = "eevee.bot/backup-module";
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

/// Selects what the operator has made.
pub fn ours() -> String {
    format!("{MANAGED_BY}={OPERATOR}")
}

/// Names of what a BotModule becomes.
pub mod module {
    /// What a BotModule is called in its bot: its `spec.moduleName`, or else the name of the resource.
    pub fn called<'a>(module_name: Option<&'a str>, resource: &'a str) -> &'a str {
        module_name.filter(|name| !name.is_empty()).unwrap_or(resource)
    }
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

/// Names of what backs up and restores.
pub mod backup {
    /// The CronJob that backs a module up.
    pub fn backup(schedule: &str, module: &str) -> String {
        super::fitting(&format!("{schedule}-{module}-backup"), CRON_JOB)
    }
    /// The CronJob that tries a module's newest backup.
    pub fn drill(schedule: &str, module: &str) -> String {
        super::fitting(&format!("{schedule}-{module}-drill"), CRON_JOB)
    }
    /// The Job of a BackupRestore.
    pub fn restore(restore: &str) -> String {
        super::fitting(&format!("{restore}-restore"), JOB)
    }
    /// The Job that fills the claim of a new module.
    pub fn bootstrap(module: &str) -> String {
        super::fitting(&format!("eevee-{module}-bootstrap-restore"), JOB)
    }

    /// A CronJob's name, to which its Jobs add eleven characters.
    const CRON_JOB: usize = 52;
    /// A Job's name becomes a label of its pods.
    const JOB: usize = 63;
}

/// A name that is not too long: the end of one that is gives way to a digest of the whole.
fn fitting(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let digest: String =
        Sha256::digest(name).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let kept = name.get(..longest - digest.len() - 1).unwrap_or_default();
    format!("{}-{digest}", kept.trim_end_matches(['-', '.']))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_different() {
        assert_eq!(backup::backup("daily", "echo"), "daily-echo-backup");
        let long = |end: &str| backup::backup("daily", &format!("{}{end}", "m".repeat(60)));
        assert_eq!(long("a").len(), 52);
        assert_ne!(long("a"), long("b"));
        assert_eq!(backup::bootstrap(&"m".repeat(63)).len(), 63);
    }
}
