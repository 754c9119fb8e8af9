//! What to do about what is not well: one sentence for each reason.
//!
//! docs/troubleshooting.md holds each of these sentences in the row of its reason or of the words of its message; a test
//! fails where it does not.

use crate::crd::conditions::{Reason, reasons};
use crate::kinds::Kind;
use crate::names;
use crate::object::ObjectRef;

/// What to do about a reason.
pub struct AdviceRow {
    /// One, or the two that tell of pods in the same words.
    reasons: [Option<Reason>; 2],
    /// The one kind that it is for. None for every other.
    pub kind: Option<Kind>,
    /// What the message says then, in any casing. Empty for whatever it says. Names of objects stand in messages, too: a
    /// single word that is no code may be one.
    pub says: &'static str,
    /// `<kind>`, `<name>` and `<namespace>` are those of the resource, `<bootstrap>` and `<restore>` the Jobs that fill its claim.
    pub sentence: &'static str,
}

impl AdviceRow {
    /// The reasons that it is for.
    pub fn reasons(&self) -> impl Iterator<Item = Reason> {
        self.reasons.into_iter().flatten()
    }
}

const fn row(reason: Reason, sentence: &'static str) -> AdviceRow {
    says(reason, "", sentence)
}

const fn of(kind: Kind, reason: Reason, sentence: &'static str) -> AdviceRow {
    AdviceRow { kind: Some(kind), ..row(reason, sentence) }
}

const fn says(reason: Reason, says: &'static str, sentence: &'static str) -> AdviceRow {
    AdviceRow { reasons: [Some(reason), None], kind: None, says, sentence }
}

/// Of the pods of a module or of a NATS server.
const fn pods(says: &'static str, sentence: &'static str) -> AdviceRow {
    let reasons = [Some(reasons::NATS_UNAVAILABLE), Some(reasons::UNAVAILABLE_REPLICAS)];
    AdviceRow { reasons, kind: None, says, sentence }
}

const QUOTA: &str =
    "Raise the ResourceQuota that the message names, or ask for less in resources of the spec.";
const POD_SECURITY: &str = "Set podSecurityContext and securityContext as the message asks.";
const IMAGE: &str = "Correct the image, or name a Secret for its registry in imagePullSecrets.";
const IMAGE_OF_NODE: &str =
    "See whether the node can reach the registry of the image, and whether its own copy is whole.";
const NO_ROOM: &str = "Make room on a node, or correct nodeSelector, tolerations and affinity.";
const NO_POD: &str = "Correct what keeps pods from being made: the message names the webhook, the policy or the ServiceAccount.";
const RESTORE_AGAIN: &str = "Correct what the message names, and make another BackupRestore.";
const STORE: &str =
    "Make the S3Store that the message names in this namespace, or correct the name.";
const STORE_FIRST: &str = "See to the S3Store that the message names first.";
const WAIT: &str = "Nothing to do yet: it goes on by itself.";
const LOST_NODE: &str =
    "Nothing to do, unless a pod in the message is on a node that is lost: delete that one.";
const NO_POD_FOR_BOOTSTRAP: &str =
    "See why the cluster makes no pod: kubectl describe job <bootstrap> --namespace <namespace>";
const NO_POD_FOR_RESTORE: &str =
    "See why the cluster makes no pod: kubectl describe job <restore> --namespace <namespace>";
const POD_OF_RESTORE: &str = "Correct what keeps the pod in the message from starting, or delete this BackupRestore and make another.";
const STORE_KEY: &str =
    "Put the key that the store knows into the Secret, without a line break at its end.";
const STORE_HOST: &str =
    "Correct endpoint, or set pathStyle: true where the store has no host name for each bucket.";
const CLOCKS: &str = "Set the clock of the nodes, or that of the store.";
const REACH: &str =
    "See whether the store runs and can be reached from the cluster at its endpoint.";
const NATS_HOST: &str =
    "Put the token and the host of the NATS server into the Secret that the message names.";

/// The first row that fits is the one that counts.
pub const ROWS: &[AdviceRow] = &[
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
    says(reasons::BOOTSTRAPPING, "makes no pod", NO_POD_FOR_BOOTSTRAP),
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
    says(
        reasons::CONFLICT,
        "delete it, and it is made again",
        "Delete the Secret that the message names: it is made again.",
    ),
    row(
        reasons::CONFLICT,
        "Rename one of the two that the message names, or take the owner reference off the object.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "the bucket is in region",
        "Set region to the one that the message names.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "with a redirect",
        "Name the server itself in endpoint, and look at region.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "does not take the signature",
        "Set region to that of the bucket.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "NoSuchBucket",
        "Make the bucket, or correct bucket in the spec.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "there is no such thing",
        "Correct endpoint, bucket or pathStyle: what answers does not know the bucket.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "access denied",
        "Give the key the right that it lacks for this bucket and prefix.",
    ),
    says(reasons::CONNECTION_FAILED, "does not know the access key", STORE_KEY),
    says(reasons::CONNECTION_FAILED, "SignatureDoesNotMatch", STORE_KEY),
    says(reasons::CONNECTION_FAILED, "differ too much", CLOCKS),
    says(reasons::CONNECTION_FAILED, "is not valid yet", CLOCKS),
    says(reasons::CONNECTION_FAILED, "the host is unknown", STORE_HOST),
    says(reasons::CONNECTION_FAILED, "is for another name", STORE_HOST),
    says(
        reasons::CONNECTION_FAILED,
        "the certificate of the store",
        "Put the certificate of the authority into caBundle, or renew what has expired.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "TLS fails",
        "Let endpoint begin with http where the store has no TLS, or correct its port.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "a link-local address",
        "Correct endpoint: the operator never asks such an address.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "is an S3 service",
        "Correct endpoint: what answers there is no S3 service.",
    ),
    says(
        reasons::CONNECTION_FAILED,
        "it may do better later",
        "See in the log of the store what it lacks, or whether it has too much to do.",
    ),
    says(reasons::CONNECTION_FAILED, "the connection is refused", REACH),
    says(reasons::CONNECTION_FAILED, "the host cannot be reached", REACH),
    says(reasons::CONNECTION_FAILED, "no answer in time", REACH),
    says(reasons::CONNECTION_FAILED, "the connection was cut", REACH),
    row(
        reasons::CONNECTION_FAILED,
        "Do what the message says: the store is asked again every 30 seconds.",
    ),
    says(reasons::CREATING, "makes no pod", NO_POD_FOR_BOOTSTRAP),
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
    of(Kind::BackupRestore, reasons::INVALID_SPEC, RESTORE_AGAIN),
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
    says(
        reasons::UNAVAILABLE_REPLICAS,
        "CrashLoopBackOff",
        "Read why the container ended: kubectl logs deployment/eevee-<name>-module --previous --namespace <namespace>",
    ),
    says(
        reasons::UNAVAILABLE_REPLICAS,
        "PersistentVolumeClaim",
        "See why the claim is not bound: kubectl describe pvc eevee-<name>-module-pvc --namespace <namespace>",
    ),
    pods("ImagePullBackOff", IMAGE),
    pods("ErrImagePull", IMAGE),
    pods("InvalidImageName", IMAGE),
    pods(
        "ErrImageNeverPull",
        "Put the image onto the node, or set a pull policy other than Never.",
    ),
    pods("ImageInspectError", IMAGE_OF_NODE),
    pods("RegistryUnavailable", IMAGE_OF_NODE),
    pods("runAsNonRoot", POD_SECURITY),
    pods(
        "CreateContainerConfigError",
        "Make the Secret or ConfigMap that the message names, with the key that the pod asks for.",
    ),
    pods("Unschedulable", NO_ROOM),
    pods("exceeded quota", QUOTA),
    pods("violates PodSecurity", POD_SECURITY),
    pods("FailedCreate", NO_POD),
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
    says(
        reasons::PENDING,
        "delete it if nobody does",
        "Delete the Job that the message names, if nobody else does.",
    ),
    says(reasons::PENDING, "has not been looked at yet", WAIT),
    row(
        reasons::PENDING,
        "Make or correct what the message names: it is waited for, for ten minutes after the restore was made.",
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
    says(reasons::RUNNING, "makes no pod", NO_POD_FOR_RESTORE),
    says(reasons::RUNNING, "waits with", POD_OF_RESTORE),
    says(reasons::RUNNING, "Unschedulable", POD_OF_RESTORE),
    says(reasons::RUNNING, "waiting for pod", LOST_NODE),
    row(reasons::RUNNING, WAIT),
    of(Kind::BackupRestore, reasons::S3_STORE_NOT_FOUND, RESTORE_AGAIN),
    row(reasons::S3_STORE_NOT_FOUND, STORE),
    of(Kind::BackupRestore, reasons::S3_STORE_NOT_READY, RESTORE_AGAIN),
    row(reasons::S3_STORE_NOT_READY, STORE_FIRST),
    of(Kind::BackupRestore, reasons::SECRET_NOT_FOUND, RESTORE_AGAIN),
    says(
        reasons::SECRET_NOT_FOUND,
        "the operator did not make it",
        "Put the token into the Secret that the message names, or delete the Secret.",
    ),
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
    says(reasons::TOKEN_NOT_FOUND, "and host", NATS_HOST),
    says(reasons::TOKEN_NOT_FOUND, "no key host:", NATS_HOST),
    says(reasons::TOKEN_NOT_FOUND, "key host of", NATS_HOST),
    says(
        reasons::TOKEN_NOT_FOUND,
        "is the one to make it",
        "See to the IpcConfig that the message names first: it makes the Secret.",
    ),
    row(
        reasons::TOKEN_NOT_FOUND,
        "Put the token into the Secret and key that the message names, or set spec.nats.token.generate: true.",
    ),
    row(
        reasons::UNAVAILABLE_REPLICAS,
        "Read what the module says: kubectl logs deployment/eevee-<name>-module --namespace <namespace>",
    ),
    row(reasons::UPDATING, WAIT),
    says(
        reasons::WAITING,
        "is paused and cannot be stopped",
        "Take annotation eevee.bot/paused off the BotModule that the message names.",
    ),
    says(
        reasons::WAITING,
        "is being deleted, and its data goes",
        "Copy what is needed out of a running pod, and delete the module's pods: the backup is restored into the new claim.",
    ),
    says(
        reasons::WAITING,
        "is stopped. It is",
        "See to the BotModule that the message names, if it does not stop by itself.",
    ),
    row(reasons::WAITING, LOST_NODE),
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
    let fits = |row: &&AdviceRow| {
        row.reasons().any(|one| one.word == reason)
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
    let sentence = sentence.replace("<bootstrap>", &names::backup::bootstrap(&at.name));
    let sentence = sentence.replace("<restore>", &names::backup::restore(&at.name));
    let sentence = sentence.replace("<kind>", at.kind.singular()).replace("<name>", &at.name);
    sentence.replace("<namespace>", &at.namespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{Refusal, RequestError};
    use http::StatusCode;

    fn refused(status: u16, code: &str, region: Option<&str>) -> RequestError {
        RequestError::Refused(Refusal {
            status: StatusCode::from_u16(status).expect("a status"),
            code: (!code.is_empty()).then(|| code.to_owned()),
            region: region.map(str::to_owned),
            retry_after: None,
        })
    }

    /// The messages are those of the room that asks stores.
    #[test]
    fn what_a_store_is_refused_for_and_what_is_said_to_do_go_together() {
        let store = ObjectRef::new(Kind::S3Store, "bots", "minio");
        let certificate =
            |why: &str| RequestError::Certificate(format!("the certificate of the store {why}"));
        for (fault, sentence) in [
            (refused(400, "AuthorizationHeaderMalformed", Some("eu-1")), "Set region to the one"),
            (refused(301, "PermanentRedirect", Some("eu-1")), "Set region to the one"),
            (refused(307, "", None), "Name the server itself"),
            (refused(400, "", None), "Set region to that of the bucket"),
            (refused(404, "NoSuchBucket", None), "Make the bucket"),
            (refused(404, "", None), "Correct endpoint, bucket or pathStyle"),
            (refused(403, "AccessDenied", None), "Give the key the right"),
            (refused(403, "", None), "Give the key the right"),
            (refused(401, "", None), "Give the key the right"),
            (refused(403, "InvalidAccessKeyId", None), "Put the key that the store knows"),
            (refused(404, "XAdminUserNotFound", None), "Put the key that the store knows"),
            (refused(403, "SignatureDoesNotMatch", None), "Put the key that the store knows"),
            (refused(403, "RequestTimeTooSkewed", None), "Set the clock"),
            (refused(503, "SlowDown", None), "See in the log of the store"),
            (refused(500, "InternalError", None), "See in the log of the store"),
            (refused(507, "", None), "Do what the message says"),
            (refused(400, "InvalidRequest", None), "Do what the message says"),
            (RequestError::UnknownHost, "Correct endpoint, or set pathStyle"),
            (RequestError::LinkLocal, "Correct endpoint: the operator never asks"),
            (RequestError::NobodyListens, "See whether the store runs"),
            (RequestError::Unreachable, "See whether the store runs"),
            (RequestError::TimedOut, "See whether the store runs"),
            (RequestError::Cut, "See whether the store runs"),
            (RequestError::NoTls, "Let endpoint begin with http"),
            (
                RequestError::Malformed("what comes back is no HTTP"),
                "Correct endpoint: what answers",
            ),
            (certificate("has expired: renew it"), "Put the certificate"),
            (certificate("is not valid yet: look at the clocks"), "Set the clock"),
            (
                certificate("is for another name: mend endpoint"),
                "Correct endpoint, or set pathStyle",
            ),
        ] {
            // Names of buckets and hosts stand there, too.
            let place = "(bucket timeout-redirect at https://certificate.example)";
            let message = format!("the bucket cannot be listed {place}: {}", fault.advice());
            let said = advice(&store, reasons::CONNECTION_FAILED.word, &message);
            assert!(said.starts_with(sentence), "{message}: {said}");
        }
    }
}
