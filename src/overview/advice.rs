//! What to do about what is not well: one sentence for each reason.
//!
//! docs/troubleshooting.md holds each of these sentences in the row of its reason or of the words of its message; a test
//! fails where it does not.

use crate::crd::conditions::{Reason, reasons};
use crate::kinds::Kind;
use crate::object::ObjectRef;

/// What to do about a reason.
pub struct Row {
    pub reason: Reason,
    /// The one kind that it is for. None for every other.
    pub kind: Option<Kind>,
    /// What the message says then, in any casing. Empty for whatever it says.
    pub says: &'static str,
    /// `<kind>`, `<name>` and `<namespace>` are those of the resource.
    pub sentence: &'static str,
}

const fn row(reason: Reason, sentence: &'static str) -> Row {
    Row { reason, kind: None, says: "", sentence }
}

const fn of(kind: Kind, reason: Reason, sentence: &'static str) -> Row {
    Row { reason, kind: Some(kind), says: "", sentence }
}

const fn says(reason: Reason, says: &'static str, sentence: &'static str) -> Row {
    Row { reason, kind: None, says, sentence }
}

const QUOTA: &str =
    "Raise the ResourceQuota that the message names, or ask for less in resources of the spec.";
const POD_SECURITY: &str = "Set podSecurityContext and securityContext as the message asks.";
const IMAGE: &str = "Correct the image, or name a Secret for its registry in imagePullSecrets.";
const NO_ROOM: &str = "Make room on a node, or correct nodeSelector, tolerations and affinity.";
const NO_POD: &str = "Correct what keeps pods from being made: the message names the webhook, the policy or the ServiceAccount.";
const RESTORE_AGAIN: &str = "Correct what the message names, and make another BackupRestore.";
const STORE: &str =
    "Make the S3Store that the message names in this namespace, or correct the name.";
const STORE_FIRST: &str = "See to the S3Store that the message names first.";
const WAIT: &str = "Nothing to do yet: it goes on by itself.";

/// The first row that fits is the one that counts.
pub const ROWS: &[Row] = &[
    says(reasons::APPLY_FAILED, "exceeded quota", QUOTA),
    says(
        reasons::APPLY_FAILED,
        "admission webhook",
        "Change what the admission webhook in the message complains of, or ask whoever runs it.",
    ),
    row(
        reasons::APPLY_FAILED,
        "Correct what the API server complains of in the message: it is tried again by itself.",
    ),
    row(
        reasons::BACKUP_FAILED,
        "Correct what the words of the Job in the message name: the next backup tries again.",
    ),
    row(
        reasons::BACKUP_MISSED,
        "See whether its CronJob is suspended or its pod waits: kubectl get cronjobs,jobs,pods --selector eevee.bot/backup-module --namespace <namespace>",
    ),
    row(reasons::BOOTSTRAPPING, WAIT),
    row(
        reasons::BOOTSTRAP_RESTORE_FAILED,
        "Correct what the message names, and delete the Job that failed to try again.",
    ),
    row(reasons::BOT_MODULE_NOT_FOUND, RESTORE_AGAIN),
    row(
        reasons::CLAIM_EXCLUSIVE,
        "Move the data to a module with a ReadWriteOnce claim, or scale the module to 0 for backups.",
    ),
    row(
        reasons::CONFLICT,
        "Rename one of the two that the message names, or take the owner reference off the object.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "NoSuchBucket",
        "Make the bucket, or correct bucket in the spec.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "AccessDenied",
        "Give the key the right that it lacks for this bucket and prefix.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "InvalidAccessKeyId",
        "Put the key that the store knows into the Secret, without a line break at its end.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "SignatureDoesNotMatch",
        "Put the key that the store knows into the Secret, without a line break at its end.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "the host is unknown",
        "Correct endpoint, or set pathStyle: true where the store has no host name for each bucket.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "certificate",
        "Put the certificate of the authority into caBundle, or renew what has expired.",
    ),
    row(
        reasons::CONNECTION_FAILED,
        "See whether the store runs and can be reached from the cluster at its endpoint.",
    ),
    row(reasons::CREATING, WAIT),
    of(
        Kind::IpcConfig,
        reasons::DEPLOYMENT_PAUSED,
        "Let the Deployment go on: kubectl rollout resume deployment/eevee-<name>-nats --namespace <namespace>",
    ),
    row(
        reasons::DEPLOYMENT_PAUSED,
        "Let the Deployment go on: kubectl rollout resume deployment/eevee-<name>-module --namespace <namespace>",
    ),
    row(reasons::DRILL_FAILED, "Look at the module's own database, and make a new backup."),
    row(reasons::FAILED, RESTORE_AGAIN),
    row(
        reasons::FIELD_IMMUTABLE,
        "Set the field of the claim back, or move the data to a new module.",
    ),
    says(
        reasons::INVALID_SPEC,
        "EEVEE_OPERATOR_IMAGE",
        "Set EEVEE_OPERATOR_IMAGE as the chart does, or name an image in the resource.",
    ),
    row(reasons::INVALID_SPEC, "Correct the field that the message names."),
    row(
        reasons::INVALID_YAML,
        "Correct moduleConfig at the line and column that the message names.",
    ),
    row(
        reasons::IPC_CONFIG_NOT_FOUND,
        "Make the IpcConfig that spec.ipcConfig names in this namespace, or correct the name.",
    ),
    row(
        reasons::IPC_CONFIG_NOT_READY,
        "See to the token Secret of the IpcConfig first: it or its key is missing.",
    ),
    row(
        reasons::LOST,
        "Bring the PersistentVolume back, or delete the claim and the module's pods to begin without data.",
    ),
    says(reasons::NATS_UNAVAILABLE, "ImagePullBackOff", IMAGE),
    says(reasons::NATS_UNAVAILABLE, "ErrImagePull", IMAGE),
    says(reasons::NATS_UNAVAILABLE, "InvalidImageName", IMAGE),
    says(reasons::NATS_UNAVAILABLE, "Unschedulable", NO_ROOM),
    says(reasons::NATS_UNAVAILABLE, "exceeded quota", QUOTA),
    says(reasons::NATS_UNAVAILABLE, "FailedCreate", NO_POD),
    row(
        reasons::NATS_UNAVAILABLE,
        "Read what the server says: kubectl logs deployment/eevee-<name>-nats --container nats-server --namespace <namespace>",
    ),
    row(reasons::NO_BACKUPS_FOUND, RESTORE_AGAIN),
    row(reasons::NO_BACKUP_YET, WAIT),
    row(
        reasons::NO_TARGETS,
        "Name the schedule in spec.backupSchedule.name of a BotModule that has a claim.",
    ),
    row(
        reasons::PAUSED,
        "Let the operator go on: kubectl annotate <kind>/<name> eevee.bot/paused- --namespace <namespace>",
    ),
    row(
        reasons::PENDING,
        "Make what the message names: it is waited for, for ten minutes after the restore was made.",
    ),
    row(
        reasons::RESIZE_REFUSED,
        "Set the size back, or correct what the message names: the StorageClass, a quota or the size.",
    ),
    row(reasons::RESIZING, WAIT),
    row(
        reasons::RESTORE_INCOMPLETE,
        "Make another BackupRestore for the module: it stays stopped until one has finished.",
    ),
    row(reasons::RESTORING, WAIT),
    row(
        reasons::ROTATION_REFUSED,
        "Put a new token into the Secret that the message names yourself.",
    ),
    row(reasons::RUNNING, WAIT),
    row(reasons::S3_STORE_NOT_FOUND, STORE),
    row(reasons::S3_STORE_NOT_READY, STORE_FIRST),
    says(
        reasons::SECRET_NOT_FOUND,
        "operatorApiToken",
        "Give the operator an API token: set operatorApiToken of the chart.",
    ),
    row(
        reasons::SECRET_NOT_FOUND,
        "Make the Secret that the message names in this namespace, with the key that it names.",
    ),
    row(reasons::SHRINK_REFUSED, "Set the size of the claim back: claims cannot shrink."),
    row(
        reasons::TERMINATING,
        "Copy what you need out of a running pod: the claim goes, and its data with it, when no pod uses it.",
    ),
    says(
        reasons::TOKEN_NOT_FOUND,
        "host",
        "Put the token and the host of the NATS server into the Secret that the message names.",
    ),
    row(
        reasons::TOKEN_NOT_FOUND,
        "Put the token into the Secret and key that the message names, or set spec.nats.token.generate: true.",
    ),
    says(reasons::UNAVAILABLE_REPLICAS, "ImagePullBackOff", IMAGE),
    says(reasons::UNAVAILABLE_REPLICAS, "ErrImagePull", IMAGE),
    says(reasons::UNAVAILABLE_REPLICAS, "InvalidImageName", IMAGE),
    says(
        reasons::UNAVAILABLE_REPLICAS,
        "CrashLoopBackOff",
        "Read why the container ended: kubectl logs deployment/eevee-<name>-module --previous --namespace <namespace>",
    ),
    says(
        reasons::UNAVAILABLE_REPLICAS,
        "CreateContainerConfigError",
        "Make the Secret that the message names, with the key that the pod asks for.",
    ),
    says(
        reasons::UNAVAILABLE_REPLICAS,
        "PersistentVolumeClaim",
        "See why the claim is not bound: kubectl describe pvc eevee-<name>-module-pvc --namespace <namespace>",
    ),
    says(reasons::UNAVAILABLE_REPLICAS, "Unschedulable", NO_ROOM),
    says(reasons::UNAVAILABLE_REPLICAS, "exceeded quota", QUOTA),
    says(reasons::UNAVAILABLE_REPLICAS, "violates PodSecurity", POD_SECURITY),
    says(reasons::UNAVAILABLE_REPLICAS, "FailedCreate", NO_POD),
    row(
        reasons::UNAVAILABLE_REPLICAS,
        "Read what the module says: kubectl logs deployment/eevee-<name>-module --namespace <namespace>",
    ),
    row(reasons::UPDATING, WAIT),
    row(
        reasons::WAITING,
        "Nothing to do, unless a pod in the message is on a node that is lost: delete that one.",
    ),
    row(
        reasons::WAITING_FOR_BACKUP,
        "Take bootstrapFromBackup out of the spec to begin without data, or bring the backup.",
    ),
    row(reasons::WAITING_FOR_SERVER, WAIT),
];

const UNHEARD: &str = "Read the message: this version of the program does not know the reason.";
const WITHOUT_STATUS: &str = "See whether the operator runs and watches this namespace: kubectl get deployments,leases --namespace <namespace>";
const STALE: &str = WAIT;

/// What to do about a reason, which may be one that this version does not know.
pub fn advice(at: &ObjectRef, reason: &str, message: &str) -> String {
    let message = message.to_lowercase();
    let fits = |row: &&Row| {
        row.reason.word == reason
            && row.kind.is_none_or(|kind| kind == at.kind)
            && message.contains(&row.says.to_lowercase())
    };
    filled(at, ROWS.iter().find(fits).map_or(UNHEARD, |row| row.sentence))
}

/// What to do about a resource of which the operator has said nothing.
pub fn without_status(at: &ObjectRef) -> String {
    filled(at, WITHOUT_STATUS)
}

/// What to do about a change that the operator has not looked at.
pub fn stale(at: &ObjectRef) -> String {
    filled(at, STALE)
}

fn filled(at: &ObjectRef, sentence: &str) -> String {
    let sentence = sentence.replace("<kind>", at.kind.singular());
    sentence.replace("<name>", &at.name).replace("<namespace>", &at.namespace)
}
