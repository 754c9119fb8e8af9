//! BackupSchedule: when the data of modules is backed up.

use super::image::{OPERATOR, image};
use super::{LocalReference, PullPolicy};
use k8s_openapi::api::core::v1::{
    PersistentVolumeClaimSpec, PodSecurityContext, ResourceRequirements, SecurityContext,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

/// A schedule on which every BotModule that names it is backed up.
#[derive(Clone, Debug, PartialEq, CustomResource, Deserialize, Serialize, KubeSchema)]
#[kube(
    group = "eevee.bot",
    version = "v1",
    kind = "BackupSchedule",
    plural = "backupschedules",
    shortname = "bsched",
    category = "eevee",
    namespaced,
    status = "BackupScheduleStatus",
    derive = "PartialEq",
    doc = "A schedule on which the claim of every BotModule that names it is backed up.",
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].reason"
    ),
    printcolumn(name = "Schedule", type_ = "string", json_path = ".spec.schedule"),
    printcolumn(name = "Last success", type_ = "date", json_path = ".status.lastSuccessTime"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Healthy",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"BackupsHealthy\")].reason",
        priority = 1
    ),
    printcolumn(name = "Store", type_ = "string", json_path = ".spec.s3Store.name", priority = 1)
)]
#[serde(rename_all = "camelCase")]
pub struct BackupScheduleSpec {
    /// When to back up, in the five fields of cron (minute, hour, day of month, month, day of
    /// week) or as a macro such as @daily.
    #[schemars(length(min = 1, max = 255))]
    #[x_kube(validation = Rule::new(CRON).message("schedule must have the five fields of cron, for example \"0 3 * * *\", or be a macro such as @daily"))]
    pub schedule: String,
    /// The S3Store that backups are written to.
    pub s3_store: LocalReference,
    /// Container image of the backup Job. Its command is /usr/local/bin/backup.sh. Defaults to the
    /// operator's own image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("image", OPERATOR))]
    pub image: Option<String>,
    /// When the kubelet pulls the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<PullPolicy>,
    /// Time zone of the schedule and of the drill's, for example Europe/Berlin. Defaults to that of
    /// kube-controller-manager, which is mostly UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub time_zone: Option<String>,
    /// True: no backups and drills are started until it is false again.
    #[serde(default)]
    pub suspend: bool,
    /// Which backups are kept. Defaults to all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<Keep>,
    /// Tries the newest backup of each module on a schedule: it is restored into an empty folder,
    /// and every database in it is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<Drill>,
    /// Seconds after which a backup or a drill that still runs has failed.
    #[serde(default = "an_hour")]
    #[schemars(range(min = 1))]
    pub active_deadline_seconds: i64,
    /// A claim that is made for each run and mounted at /tmp, where one database at a time is
    /// copied. Defaults to an emptyDir as large as the module's claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scratch: Option<Scratch>,
    /// Compute resources of the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,
    /// Security settings of the pods. Defaults to those of the module; if it has none, to user 0
    /// with the few capabilities that are needed to read its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_security_context: Option<PodSecurityContext>,
    /// Security settings of the container. Defaults as for podSecurityContext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_context: Option<SecurityContext>,
}

/// The five fields of cron, or a macro.
const CRON: &str = r"self.matches('^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\\S+(\\s+\\S+){4})$')";

/// Which backups of a module are kept: the newest of each period. A backup is kept if any of these
/// rules keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct Keep {
    /// How many of the newest are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub last: Option<i32>,
    /// For how many days that have a backup the newest is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub daily: Option<i32>,
    /// For how many weeks that have a backup the newest is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub weekly: Option<i32>,
    /// For how many months that have a backup the newest is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub monthly: Option<i32>,
}

/// When backups are tried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drill {
    /// When to try the newest backup, in the five fields of cron or as a macro such as @weekly.
    #[schemars(length(min = 1, max = 255))]
    #[x_kube(validation = Rule::new(CRON).message("drill.schedule must have the five fields of cron, for example \"0 5 * * 0\", or be a macro such as @weekly"))]
    pub schedule: String,
}

/// A claim that is made for each run, and goes with it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scratch {
    /// What is claimed. Empty accessModes become ReadWriteOnce.
    pub spec: PersistentVolumeClaimSpec,
}

/// What the operator last observed of a BackupSchedule.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupScheduleStatus {
    /// The metadata.generation that the conditions are about. -1 until the operator has written a
    /// status for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions, one per type: Ready, and Reconciling, Stalled, BackupsHealthy and Paused
    /// where they apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    pub conditions: Vec<Condition>,
    /// When a backup of any module last succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_time: Option<Time>,
    /// Results of the backups and drills of each module.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".to_owned()]))]
    pub modules: Vec<ModuleBackups>,
    /// The last value of annotation eevee.bot/reconcile-requested that was acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
}

/// Results of the backups and drills of one module.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleBackups {
    /// Name of the BotModule.
    pub name: String,
    /// The last backup that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<BackupSuccess>,
    /// The last backup that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<BackupFailure>,
    /// The last drill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_drill: Option<DrillResult>,
    /// Id of the newest backup that a drill has proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved: Option<String>,
}

/// A backup that succeeded.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupSuccess {
    /// When it was done.
    pub time: Option<Time>,
    /// Its id, which `backupId` of a BackupRestore takes. This and the fields below are unknown if
    /// `image` is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Size of the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<i64>,
    /// Number of files in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<i64>,
    /// Number of databases in it, each a consistent copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub databases: Option<i64>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// SHA-256 of the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What a person should know about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A backup that failed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupFailure {
    /// When it failed.
    pub time: Option<Time>,
    /// Why it failed.
    #[serde(default)]
    pub message: String,
}

/// Result of a drill.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct DrillResult {
    /// When it was done.
    pub time: Option<Time>,
    /// Id of the backup that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Succeeded, or Failed.
    #[serde(default)]
    pub result: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

pub(super) fn an_hour() -> i64 {
    3600
}
