//! The words that Kubernetes' own types allow in fields that their schemas leave open, and limits of
//! their numbers. What is outside of them is refused when a resource is applied, not only when the
//! operator applies the Deployment or claim that is made of it.
//!
//! The source is `pkg/apis/core/validation` of Kubernetes 1.33 and newer. The empty word stands where
//! the API server takes it for the default, and where it is not sent.

pub const ACCESS_MODES: [&str; 4] =
    ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];
pub const FS_GROUP_POLICIES: [&str; 2] = ["Always", "OnRootMismatch"];
pub const LABEL_OPERATORS: [&str; 4] = ["In", "NotIn", "Exists", "DoesNotExist"];
pub const NODE_OPERATORS: [&str; 6] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
pub const NODE_POLICIES: [&str; 2] = ["Honor", "Ignore"];
pub const PROC_MOUNTS: [&str; 3] = ["", "Default", "Unmasked"];
/// Of seccomp and AppArmor.
pub const PROFILE_TYPES: [&str; 3] = ["RuntimeDefault", "Localhost", "Unconfined"];
pub const SCHEMES: [&str; 3] = ["", "HTTP", "HTTPS"];
pub const SPREAD_ACTIONS: [&str; 2] = ["DoNotSchedule", "ScheduleAnyway"];
pub const SUPPLEMENTAL_GROUPS_POLICIES: [&str; 2] = ["Merge", "Strict"];
pub const TAINT_EFFECTS: [&str; 4] = ["", "NoSchedule", "PreferNoSchedule", "NoExecute"];
/// Lt and Gt came with Kubernetes 1.35.
pub const TOLERATION_OPERATORS: [&str; 5] = ["", "Exists", "Equal", "Lt", "Gt"];
pub const VOLUME_MODES: [&str; 3] = ["", "Filesystem", "Block"];

/// The highest user or group.
pub const LAST_ID: i64 = i32::MAX as i64;

/// What a field must be.
pub enum Limit {
    OneOf(&'static [&'static str]),
    AtLeast(i64),
    Between(i64, i64),
}

use Limit::{AtLeast, Between, OneOf};

/// Fields by the end of their path, lists and maps left out.
pub static LIMITS: [(&[&str], Limit); 43] = [
    (&["tolerations", "operator"], OneOf(&TOLERATION_OPERATORS)),
    (&["tolerations", "effect"], OneOf(&TAINT_EFFECTS)),
    (&["topologySpreadConstraints", "whenUnsatisfiable"], OneOf(&SPREAD_ACTIONS)),
    (&["topologySpreadConstraints", "nodeAffinityPolicy"], OneOf(&NODE_POLICIES)),
    (&["topologySpreadConstraints", "nodeTaintsPolicy"], OneOf(&NODE_POLICIES)),
    (&["topologySpreadConstraints", "maxSkew"], AtLeast(1)),
    (&["topologySpreadConstraints", "minDomains"], AtLeast(1)),
    (&["labelSelector", "matchExpressions", "operator"], OneOf(&LABEL_OPERATORS)),
    (&["namespaceSelector", "matchExpressions", "operator"], OneOf(&LABEL_OPERATORS)),
    (&["selector", "matchExpressions", "operator"], OneOf(&LABEL_OPERATORS)),
    (&["nodeSelectorTerms", "matchExpressions", "operator"], OneOf(&NODE_OPERATORS)),
    (&["preference", "matchExpressions", "operator"], OneOf(&NODE_OPERATORS)),
    (&["preferredDuringSchedulingIgnoredDuringExecution", "weight"], Between(1, 100)),
    (&["podSecurityContext", "fsGroupChangePolicy"], OneOf(&FS_GROUP_POLICIES)),
    (&["podSecurityContext", "supplementalGroupsPolicy"], OneOf(&SUPPLEMENTAL_GROUPS_POLICIES)),
    (&["podSecurityContext", "fsGroup"], Between(0, LAST_ID)),
    (&["podSecurityContext", "runAsGroup"], Between(0, LAST_ID)),
    (&["podSecurityContext", "runAsUser"], Between(0, LAST_ID)),
    (&["securityContext", "runAsGroup"], Between(0, LAST_ID)),
    (&["securityContext", "runAsUser"], Between(0, LAST_ID)),
    (&["securityContext", "procMount"], OneOf(&PROC_MOUNTS)),
    (&["seccompProfile", "type"], OneOf(&PROFILE_TYPES)),
    (&["appArmorProfile", "type"], OneOf(&PROFILE_TYPES)),
    (&["httpGet", "scheme"], OneOf(&SCHEMES)),
    (&["grpc", "port"], Between(1, 65535)),
    (&["livenessProbe", "failureThreshold"], AtLeast(0)),
    (&["livenessProbe", "initialDelaySeconds"], AtLeast(0)),
    (&["livenessProbe", "periodSeconds"], AtLeast(0)),
    (&["livenessProbe", "terminationGracePeriodSeconds"], AtLeast(1)),
    (&["livenessProbe", "timeoutSeconds"], AtLeast(0)),
    (&["readinessProbe", "failureThreshold"], AtLeast(0)),
    (&["readinessProbe", "initialDelaySeconds"], AtLeast(0)),
    (&["readinessProbe", "periodSeconds"], AtLeast(0)),
    (&["readinessProbe", "successThreshold"], AtLeast(0)),
    (&["readinessProbe", "timeoutSeconds"], AtLeast(0)),
    (&["startupProbe", "failureThreshold"], AtLeast(0)),
    (&["startupProbe", "initialDelaySeconds"], AtLeast(0)),
    (&["startupProbe", "periodSeconds"], AtLeast(0)),
    (&["startupProbe", "terminationGracePeriodSeconds"], AtLeast(1)),
    (&["startupProbe", "timeoutSeconds"], AtLeast(0)),
    (&["persistentVolumeClaim", "volumeMode"], OneOf(&VOLUME_MODES)),
    // These hold the words themselves.
    (&["persistentVolumeClaim", "accessModes"], OneOf(&ACCESS_MODES)),
    (&["podSecurityContext", "supplementalGroups"], Between(0, LAST_ID)),
];
