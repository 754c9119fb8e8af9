//! S3Store: where backups are kept.

use super::SecretKeyRef;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

/// The S3 bucket that backups are written to and restored from.
#[derive(Clone, Debug, PartialEq, CustomResource, Deserialize, Serialize, KubeSchema)]
#[kube(
    group = "eevee.bot",
    version = "v1",
    kind = "S3Store",
    plural = "s3stores",
    shortname = "s3s",
    category = "eevee",
    namespaced,
    status = "S3StoreStatus",
    derive = "PartialEq",
    doc = "An S3 bucket that backups of module data are kept in.",
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
    printcolumn(name = "Bucket", type_ = "string", json_path = ".spec.bucket"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct S3StoreSpec {
    /// URL of the S3 service, for example https://s3.example.org.
    #[schemars(length(min = 1, max = 2048))]
    pub endpoint: String,
    /// Name of the bucket. It must exist.
    #[schemars(length(min = 1, max = 255))]
    pub bucket: String,
    /// Where the access key id is kept.
    pub access_id: AccessRef,
    /// Where the secret access key is kept.
    pub access_key: AccessRef,
    /// Text that is put in front of every object key, exactly as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub prefix: Option<String>,
    /// Region that requests are signed for.
    #[serde(default = "default_region")]
    #[schemars(length(min = 1, max = 255))]
    pub region: String,
    /// Put the bucket into the path of a request instead of its host name.
    #[serde(default)]
    pub path_style: bool,
    /// Sign requests with the old signature version 2. Only a backup image of your own can do it.
    #[serde(default)]
    pub signature_v2: bool,
    /// Certificates in PEM that are trusted for the endpoint, beside those of the public
    /// authorities: for a server whose certificate no public authority has signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 65536))]
    pub ca_bundle: Option<String>,
}

/// Where one half of the credentials is kept.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessRef {
    /// The key of the Secret that holds the value.
    pub secret_key_ref: SecretKeyRef,
}

/// What the operator last observed of an S3Store.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct S3StoreStatus {
    /// The metadata.generation that the conditions are about. -1 until the operator has written a
    /// status for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Standard conditions, one per type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_owned()]))]
    pub conditions: Vec<Condition>,
    /// The last value of annotation eevee.bot/reconcile-requested that was acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}
