//! BackupRestore: one restore of one module's data.

use super::image::{BACKUP, image};
use super::{BackupStatus, LocalReference, PullPolicy};
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

/// One restore of the data of one BotModule.
#[derive(Clone, Debug, PartialEq, CustomResource, Deserialize, Serialize, KubeSchema)]
#[kube(
    group = "eevee.bot",
    version = "v1",
    kind = "BackupRestore",
    plural = "backuprestores",
    shortname = "brest",
    category = "eevee",
    namespaced,
    status = "BackupStatus",
    derive = "PartialEq",
    doc = "One restore of the data of one BotModule; it is never run twice. Not acted on yet: the kind is served so that no field is lost, backups come with a later release.",
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
    printcolumn(name = "Module", type_ = "string", json_path = ".spec.botModule.name"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct BackupRestoreSpec {
    /// The BotModule whose claim is restored into.
    pub bot_module: LocalReference,
    /// The S3Store that the backup is read from.
    pub s3_store: LocalReference,
    /// Container image of the restore Job. Its command is /usr/local/bin/restore.sh. The
    /// operator's own image when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = image("image", BACKUP))]
    pub image: Option<String>,
    /// When the kubelet pulls the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<PullPolicy>,
    /// Which backup to restore: the <uuid> of its object key. The newest by LastModified when
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub backup_id: Option<String>,
    /// Empty the volume before restoring.
    #[serde(default)]
    pub clean_restore: bool,
}
