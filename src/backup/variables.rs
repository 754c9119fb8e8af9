//! Environment variables of the containers that back up and restore.

pub const S3_ENDPOINT: &str = "S3_ENDPOINT";
pub const S3_BUCKET: &str = "S3_BUCKET";
/// Put in front of every key, exactly as written.
pub const S3_PREFIX: &str = "S3_PREFIX";
pub const S3_REGION: &str = "S3_REGION";
/// `true` or `false`.
pub const S3_PATH_STYLE: &str = "S3_PATH_STYLE";
/// `true` or `false`. Only images of a user's own can do it.
pub const S3_SIGNATURE_V2: &str = "S3_SIGNATURE_V2";
/// Certificates in PEM that are trusted beside those of the system.
pub const S3_CA_BUNDLE: &str = "S3_CA_BUNDLE";
pub const S3_ACCESS_ID: &str = "S3_ACCESS_ID";
pub const S3_SECRET_KEY: &str = "S3_SECRET_KEY";

pub const BACKUP_NAMESPACE: &str = "BACKUP_NAMESPACE";
pub const BACKUP_MODULE: &str = "BACKUP_MODULE";
/// Where the claim is mounted.
pub const BACKUP_PVC_PATH: &str = "BACKUP_PVC_PATH";
/// The JSON of `keep`.
pub const BACKUP_KEEP: &str = "BACKUP_KEEP";
/// Id of the newest backup that a drill has proved.
pub const BACKUP_PROVED: &str = "BACKUP_PROVED";

pub const RESTORE_NAMESPACE: &str = "RESTORE_NAMESPACE";
pub const RESTORE_MODULE: &str = "RESTORE_MODULE";
/// Empty for the newest.
pub const RESTORE_BACKUP_ID: &str = "RESTORE_BACKUP_ID";
/// `true` or `false`.
pub const RESTORE_CLEAN: &str = "RESTORE_CLEAN";
/// `true` where the data is for a new module: a claim that is not empty is left as it is.
pub const RESTORE_BOOTSTRAP: &str = "RESTORE_BOOTSTRAP";
