//! Condition types, reasons and events: every word that a status or an event may carry, once.

/// Condition types.
pub mod types {
    /// Whether the resource is in the state that its spec asks for.
    pub const READY: &str = "Ready";
    /// kstatus: work towards the wanted state is under way. Present only while True.
    pub const RECONCILING: &str = "Reconciling";
    /// kstatus: no progress without somebody's help. Present only while True.
    pub const STALLED: &str = "Stalled";
    /// Whether the claim is as the spec wants it. Present only with a claim.
    pub const CLAIM_READY: &str = "ClaimReady";
    /// Whether moduleConfig parses as YAML. A warning: it never blocks. Present only with one.
    pub const CONFIG_VALID: &str = "ConfigValid";
    /// The resource carries annotation eevee.bot/paused. Present only while True.
    pub const PAUSED: &str = "Paused";
    /// Whether the last value of annotation eevee.bot/rotate-token was acted on.
    pub const TOKEN_ROTATED: &str = "TokenRotated";
    /// Whether every module of a BackupSchedule has a backup that is new enough.
    pub const BACKUPS_HEALTHY: &str = "BackupsHealthy";
    /// Whether the claim of a new module holds its data. Present only with bootstrapFromBackup.
    pub const BOOTSTRAPPED: &str = "Bootstrapped";

    /// The conditions that the operator writes.
    pub const ALL: [&str; 9] = [
        READY,
        RECONCILING,
        STALLED,
        CLAIM_READY,
        CONFIG_VALID,
        PAUSED,
        TOKEN_ROTATED,
        BACKUPS_HEALTHY,
        BOOTSTRAPPED,
    ];

    /// Those that say nothing of readiness: where rendering ends early, they still hold.
    pub const KEPT: [&str; 5] =
        [CLAIM_READY, CONFIG_VALID, TOKEN_ROTATED, BACKUPS_HEALTHY, BOOTSTRAPPED];
}

/// The three values of a condition's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    /// The word in a manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// What a reason means, in the terms of kstatus. That of Ready alone speaks of the resource as a whole;
/// beside it, a Stalled part is what `render` and `diff` name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KStatus {
    /// Nothing is left to do, or what is left does not matter to the whole.
    Settled,
    /// It is being worked on.
    Reconciling,
    /// Nothing is made until what is missing appears.
    Waiting,
    /// Nothing moves until somebody helps.
    Stalled,
}

/// Why a condition has its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    pub word: &'static str,
    /// The status of every condition with this reason.
    pub truth: Truth,
    pub progress: KStatus,
    /// The event that goes with a condition that has it newly, or has a new message.
    pub event: Option<&'static str>,
}

/// Reasons of conditions.
pub mod reasons {
    use super::KStatus::{Reconciling, Settled, Stalled, Waiting};
    use super::Truth::{False, True, Unknown};
    use super::{KStatus, Reason, Truth, events};

    const fn quiet(word: &'static str, truth: Truth, progress: KStatus) -> Reason {
        Reason { word, truth, progress, event: None }
    }

    const fn told(
        word: &'static str,
        truth: Truth,
        progress: KStatus,
        event: &'static str,
    ) -> Reason {
        Reason { word, truth, progress, event: Some(event) }
    }

    macro_rules! reasons {
        ($($name:ident = $reason:expr;)*) => {
            $(pub const $name: Reason = $reason;)*

            /// Every reason.
            pub const ALL: &[Reason] = &[$($name),*];
        };
    }

    reasons! {
        APPLY_FAILED = told("ApplyFailed", False, Stalled, events::APPLY_FAILED);
        AS_WANTED = quiet("AsWanted", True, Settled);
        AVAILABLE_REPLICAS = quiet("AvailableReplicas", True, Settled);
        BACKUP_FAILED = told("BackupFailed", False, Settled, events::BACKUP_FAILED);
        BACKUP_MISSED = told("BackupMissed", False, Settled, events::BACKUP_MISSED);
        BOOTSTRAPPED = told("Bootstrapped", True, Settled, events::BOOTSTRAPPED);
        BOOTSTRAPPING = told("Bootstrapping", Unknown, Settled, events::BOOTSTRAPPING);
        BOOTSTRAP_RESTORE_FAILED = told("BootstrapRestoreFailed", False, Stalled, events::BOOTSTRAP_RESTORE_FAILED);
        BOT_MODULE_NOT_FOUND = told("BotModuleNotFound", False, Stalled, events::RESTORE_FAILED);
        CLAIM_EXCLUSIVE = quiet("ClaimExclusive", False, Stalled);
        CONFLICT = told("Conflict", False, Stalled, events::CONFLICT);
        CONNECTION_FAILED = told("ConnectionFailed", False, Settled, events::CONNECTION_FAILED);
        CONNECTION_SUCCESSFUL = quiet("ConnectionSuccessful", True, Settled);
        CREATING = quiet("Creating", Unknown, Reconciling);
        CRON_JOBS_CREATED = quiet("CronJobsCreated", True, Settled);
        DEPLOYMENT_PAUSED = quiet("DeploymentPaused", False, Settled);
        DISABLED = quiet("Disabled", True, Settled);
        DRILL_FAILED = told("DrillFailed", False, Settled, events::DRILL_FAILED);
        EXTERNAL = quiet("External", True, Settled);
        FAILED = told("Failed", False, Stalled, events::RESTORE_FAILED);
        FIELD_IMMUTABLE = quiet("FieldImmutable", False, Stalled);
        INVALID_SPEC = told("InvalidSpec", False, Stalled, events::INVALID_SPEC);
        INVALID_YAML = quiet("InvalidYaml", False, Settled);
        IPC_CONFIG_NOT_FOUND = quiet("IpcConfigNotFound", False, Waiting);
        IPC_CONFIG_NOT_READY = quiet("IpcConfigNotReady", False, Waiting);
        LOST = told("Lost", False, Settled, events::LOST);
        NATS_DEPLOYED = quiet("NatsDeployed", True, Settled);
        NATS_UNAVAILABLE = quiet("NatsUnavailable", False, Settled);
        NO_BACKUPS_FOUND = told("NoBackupsFound", False, Stalled, events::RESTORE_FAILED);
        NO_BACKUP_YET = quiet("NoBackupYet", Unknown, Settled);
        NO_TARGETS = quiet("NoTargets", False, Waiting);
        PAUSED = quiet("Paused", True, Settled);
        PENDING = quiet("Pending", Unknown, Reconciling);
        RESIZE_REFUSED = told("ResizeRefused", False, Stalled, events::RESIZE_REFUSED);
        RESIZING = told("Resizing", Unknown, Settled, events::RESIZING);
        RESTORE_INCOMPLETE = told("RestoreIncomplete", False, Stalled, events::RESTORE_INCOMPLETE);
        RESTORING = quiet("Restoring", Unknown, Reconciling);
        ROTATION_REFUSED = told("RotationRefused", False, Settled, events::ROTATION_REFUSED);
        RUNNING = quiet("Running", Unknown, Reconciling);
        S3_STORE_NOT_FOUND = quiet("S3StoreNotFound", False, Waiting);
        S3_STORE_NOT_READY = quiet("S3StoreNotReady", False, Waiting);
        SECRET_NOT_FOUND = quiet("SecretNotFound", False, Waiting);
        SHRINK_REFUSED = told("ShrinkRefused", False, Stalled, events::RESIZE_REFUSED);
        SUCCEEDED = told("Succeeded", True, Settled, events::RESTORED);
        TERMINATING = told("Terminating", False, Settled, events::TERMINATING);
        TOKEN_NOT_FOUND = quiet("TokenNotFound", False, Waiting);
        TOKEN_ROTATED = quiet("TokenRotated", True, Settled);
        UNAVAILABLE_REPLICAS = quiet("UnavailableReplicas", False, Settled);
        UPDATING = quiet("Updating", Unknown, Reconciling);
        UP_TO_DATE = quiet("UpToDate", True, Settled);
        VALID_YAML = quiet("ValidYaml", True, Settled);
        WAITING = quiet("Waiting", Unknown, Reconciling);
        WAITING_FOR_BACKUP = quiet("WaitingForBackup", False, Waiting);
        WAITING_FOR_SERVER = quiet("WaitingForServer", Unknown, Settled);
    }

    /// The reason with a word.
    pub fn of(word: &str) -> Option<Reason> {
        ALL.iter().copied().find(|reason| reason.word == word)
    }
}

/// Reasons of Kubernetes events.
pub mod events {
    pub const ADOPTED: &str = "Adopted";
    pub const APPLY_FAILED: &str = "ApplyFailed";
    pub const BACKUP_FAILED: &str = "BackupFailed";
    pub const BACKUP_MISSED: &str = "BackupMissed";
    pub const BOOTSTRAPPED: &str = "Bootstrapped";
    pub const BOOTSTRAPPING: &str = "Bootstrapping";
    pub const BOOTSTRAP_RESTORE_FAILED: &str = "BootstrapRestoreFailed";
    pub const CONFLICT: &str = "Conflict";
    pub const CONNECTION_FAILED: &str = "ConnectionFailed";
    pub const CREATED: &str = "Created";
    pub const DELETED: &str = "Deleted";
    pub const DRILL_FAILED: &str = "DrillFailed";
    pub const INVALID_SPEC: &str = "InvalidSpec";
    pub const LOST: &str = "Lost";
    pub const RESTORED: &str = "Restored";
    pub const RESTORE_FAILED: &str = "RestoreFailed";
    pub const RESTORE_INCOMPLETE: &str = "RestoreIncomplete";
    pub const RESTORE_STARTED: &str = "RestoreStarted";
    pub const RESIZE_REFUSED: &str = "ResizeRefused";
    pub const RESIZING: &str = "Resizing";
    pub const ROTATION_REFUSED: &str = "RotationRefused";
    pub const TERMINATING: &str = "Terminating";
    pub const TOKEN_GENERATED: &str = "TokenGenerated";
    pub const TOKEN_ROTATED: &str = "TokenRotated";
    pub const UPDATED: &str = "Updated";
}
