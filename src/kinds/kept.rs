//! What of an object is kept in memory: what render and people read of it.

use crate::names::{
    BACKUP_MODULE, BACKUP_TASK, IPC_CONFIG_LABEL, MANAGED_BY, MODULE_LABEL, REVISION,
};

/// What render reads of an object of a kind. The rest is not kept.
#[derive(Clone, Copy)]
pub enum Keeps {
    Whole,
    WithoutStatus,
    /// These parts alone.
    Parts(&'static [Part]),
}

/// A part of an object that is kept.
pub enum Part {
    /// These fields of the map at a path, or of each map of a list.
    Fields(&'static str, &'static [&'static str]),
    /// Those items of the list at a path in which a field has this value.
    Items(&'static str, (&'static str, &'static str)),
}

/// Metadata of what the cluster's own controllers make.
const METADATA_OF_PODS: Part = Part::Fields(
    "/metadata",
    &[
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "deletionTimestamp",
        "labels",
        "ownerReferences",
        "annotations",
    ],
);

/// What is read of a pod's condition. When it was last probed is not.
const CONDITION_OF_POD: [&str; 5] = ["type", "status", "lastTransitionTime", "reason", "message"];

/// The labels that anybody reads.
const LABELS: Part = Part::Fields(
    "/metadata/labels",
    &[MANAGED_BY, MODULE_LABEL, IPC_CONFIG_LABEL, BACKUP_TASK, BACKUP_MODULE],
);

const OWNERS: Part =
    Part::Fields("/metadata/ownerReferences", &["apiVersion", "controller", "kind", "name", "uid"]);

const REVISION_ALONE: Part = Part::Fields("/metadata/annotations", &[REVISION]);

const STATUS_OF_CONTAINERS: [&str; 6] =
    ["name", "ready", "restartCount", "image", "state", "lastState"];

const NO_SPEC: Part = Part::Fields("", &["apiVersion", "kind", "metadata", "status"]);

pub const POD: [Part; 9] = [
    NO_SPEC,
    METADATA_OF_PODS,
    Part::Fields("/metadata/annotations", &[]),
    LABELS,
    OWNERS,
    Part::Fields(
        "/status",
        &["phase", "startTime", "conditions", "containerStatuses", "initContainerStatuses"],
    ),
    Part::Fields("/status/conditions", &CONDITION_OF_POD),
    Part::Fields("/status/containerStatuses", &STATUS_OF_CONTAINERS),
    Part::Fields("/status/initContainerStatuses", &STATUS_OF_CONTAINERS),
];

/// Its numbers change with every pod; only why a pod cannot be made is read of its status.
pub const REPLICA_SET: [Part; 7] = [
    NO_SPEC,
    METADATA_OF_PODS,
    REVISION_ALONE,
    LABELS,
    OWNERS,
    Part::Fields("/status", &["conditions"]),
    Part::Items("/status/conditions", ("type", "ReplicaFailure")),
];

/// Which pods there are, and what keeps others from being there.
pub const DEPLOYMENT: [Part; 2] = [
    Part::Fields(
        "/status",
        &[
            "availableReplicas",
            "conditions",
            "observedGeneration",
            "readyReplicas",
            "replicas",
            "updatedReplicas",
        ],
    ),
    Part::Fields("/status/conditions", &["type", "status", "reason", "message"]),
];

/// When it runs next is the cluster's own business.
pub const CRON_JOB: [Part; 1] = [Part::Fields("/status", &["lastSuccessfulTime"])];

/// How it ended, whether it has pods, and whether it goes by the exit codes of the operator's own image. What
/// else it runs is not read again.
pub const JOB: [Part; 7] = [
    Part::Fields("", &["apiVersion", "kind", "metadata", "spec", "status"]),
    Part::Fields("/spec", &["podFailurePolicy"]),
    METADATA_OF_PODS,
    Part::Fields("/metadata/annotations", &[]),
    LABELS,
    OWNERS,
    Part::Fields(
        "/status",
        &[
            "active",
            "completionTime",
            "conditions",
            "failed",
            "startTime",
            "succeeded",
            "terminating",
        ],
    ),
];
