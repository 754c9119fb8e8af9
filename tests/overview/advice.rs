//! What render says, and what is said to do about it: the two do not contradict each other.

use eevee_operator::crd::conditions::{Reason, reasons};
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use eevee_operator::overview::advice;

/// A reason, what its message says, and what the advice begins with.
type Said = (Reason, &'static str, &'static str);

const AGAIN: &str = "Correct what the message names, and make another BackupRestore.";
const POD: &str =
    "Correct what keeps the pod in the message from starting, or delete this BackupRestore";
const SECURITY: &str = "Set podSecurityContext";
const HOST: &str = "Put the token and the host of the NATS server";
const TOKEN: &str = "Put the token into the Secret and key";

const OF_RESTORES: &[Said] = &[
    (reasons::INVALID_SPEC, "spec.image: set EEVEE_OPERATOR_IMAGE on the operator", AGAIN),
    (reasons::S3_STORE_NOT_FOUND, "there is no S3Store minio in namespace a", AGAIN),
    (reasons::S3_STORE_NOT_READY, "S3Store minio is not ready: no answer", AGAIN),
    (reasons::SECRET_NOT_FOUND, "S3Store minio: there is no Secret s3", AGAIN),
    (
        reasons::WAITING,
        "BotModule a/echo is paused and cannot be stopped: take annotation eevee.bot/paused off it",
        "Take annotation eevee.bot/paused off the BotModule",
    ),
    (
        reasons::WAITING,
        "PersistentVolumeClaim c is being deleted, and its data goes when BotModule a/echo stops",
        "Copy what is needed out of a running pod, and delete",
    ),
    (
        reasons::WAITING,
        "waiting until BotModule a/echo is stopped. It is ApplyFailed: the API server refused",
        "See to the BotModule",
    ),
    (reasons::WAITING, "waiting until no pod uses it any more: p", "Nothing to do, unless"),
    (
        reasons::RUNNING,
        "Job a/main-restore is under way; the cluster makes no pod for it",
        "See why the cluster makes no pod: kubectl describe job main-restore --namespace a",
    ),
    (
        reasons::RUNNING,
        "Job a/main-restore is under way; pod p: container restore waits with ImagePullBackOff: x",
        POD,
    ),
    (reasons::RUNNING, "Job a/j is under way; pod p: Unschedulable: 0/1 nodes", POD),
    (reasons::RUNNING, "the Job was deleted; waiting for pod p to end", "Nothing to do, unless"),
    (reasons::RUNNING, "Job a/main-restore is under way", "Nothing to do yet"),
    (
        reasons::PENDING,
        "waiting until Job a/j of another BackupRestore of this name is gone: delete it if nobody does",
        "Delete the Job",
    ),
    (reasons::PENDING, "S3Store minio has not been looked at yet", "Nothing to do yet"),
];

const OF_MODULES: &[Said] = &[
    (
        reasons::BOOTSTRAPPING,
        "Job a/j fills the claim, and the cluster makes no pod for it",
        "See why the cluster makes no pod: kubectl describe job eevee-main-bootstrap-restore --namespace a",
    ),
    (
        reasons::CREATING,
        "Job a/j fills the claim, and the cluster makes no pod for it before the module is started",
        "See why the cluster makes no pod: kubectl describe job eevee-main-bootstrap-restore --namespace a",
    ),
    (
        reasons::UNAVAILABLE_REPLICAS,
        "container module waits with CreateContainerConfigError: container has runAsNonRoot and image will run as root",
        SECURITY,
    ),
    (
        reasons::UNAVAILABLE_REPLICAS,
        "container module waits with ErrImageNeverPull: not present with pull policy of Never",
        "Put the image onto the node",
    ),
    (
        reasons::UNAVAILABLE_REPLICAS,
        "container module waits with ImageInspectError",
        "See whether the node can reach the registry",
    ),
    (
        reasons::UNAVAILABLE_REPLICAS,
        "container module waits with RegistryUnavailable",
        "See whether the node can reach the registry",
    ),
    (
        reasons::UNAVAILABLE_REPLICAS,
        "Unschedulable: pod has unbound immediate PersistentVolumeClaims",
        "See why the claim is not bound",
    ),
    (
        reasons::CONFLICT,
        "Secret a/b holds no digest key and is owned by X y: delete it, and it is made again",
        "Delete the Secret",
    ),
    (
        reasons::SECRET_NOT_FOUND,
        "spec.mountOperatorApiToken: Secret s has no key token, and the operator did not make it: put the token there, or delete the Secret",
        "Put the token into the Secret that the message names, or delete",
    ),
];

const OF_IPC_CONFIGS: &[Said] = &[
    (
        reasons::NATS_UNAVAILABLE,
        "container nats-server waits with CreateContainerConfigError: container has runAsNonRoot and image will run as root",
        SECURITY,
    ),
    (
        reasons::NATS_UNAVAILABLE,
        "container nats-server waits with ErrImageNeverPull",
        "Put the image onto the node",
    ),
    (
        reasons::TOKEN_NOT_FOUND,
        "there is no Secret eevee-ghost-nats-token and spec.nats.token.generate is false: make the Secret with key token, or allow to generate it",
        TOKEN,
    ),
    (
        reasons::TOKEN_NOT_FOUND,
        "there is no Secret s in namespace a: make it with keys token and host",
        HOST,
    ),
    (reasons::TOKEN_NOT_FOUND, "Secret s has no key host: put the address there", HOST),
    (
        reasons::TOKEN_NOT_FOUND,
        "key host of Secret s is x, the server that the operator ran itself",
        HOST,
    ),
    (
        reasons::TOKEN_NOT_FOUND,
        "there is no Secret s yet: IpcConfig b, which shares it, is the one to make it",
        "See to the IpcConfig",
    ),
];

#[test]
fn what_a_message_asks_for_is_what_is_said_to_do() {
    let all = [
        (Kind::BackupRestore, OF_RESTORES),
        (Kind::BotModule, OF_MODULES),
        (Kind::IpcConfig, OF_IPC_CONFIGS),
    ];
    for (kind, said) in all {
        for (reason, message, expected) in said {
            let advice = advice(&ObjectRef::new(kind, "a", "main"), reason.word, message);
            assert!(advice.starts_with(expected), "{message}: {advice}");
        }
    }
}
