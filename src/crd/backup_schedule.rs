//! BackupSchedule: when the data of modules is backed up.

use super::image::{BACKUP, image};
use super::{BackupStatus, LocalReference, PullPolicy};
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
    status = "BackupStatus",
    derive = "PartialEq",
    doc = "A schedule on which every BotModule that names it is backed up. Not acted on yet: the kind is served so that no field is lost, backups come with a later release.",
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
    printcolumn(name = "Store", type_ = "string", json_path = ".spec.s3Store.name"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct BackupScheduleSpec {
    /// When to back up, in the five fields of cron (minute, hour, day of month, month, day of
    /// week) or as a macro such as @daily.
    #[schemars(length(min = 1, max = 255))]
    #[x_kube(validation = Rule::new(r"self.matches('^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\\S+(\\s+\\S+){4})$')")
        .message("schedule must have the five fields of cron, for example \"0 3 * * *\", or be a macro such as @daily"))]
    pub schedule: String,
    /// The S3Store that backups are written to.
    pub s3_store: LocalReference,
    /// Container image of the backup Job. Its command is /usr/local/bin/backup.sh. The operator's
    /// own image when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("image", BACKUP))]
    pub image: Option<String>,
    /// When the kubelet pulls the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<PullPolicy>,
}
