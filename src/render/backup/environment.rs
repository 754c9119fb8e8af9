//! The environment of the containers.

use super::store::ValidStore;
use super::task::{Run, Task};
use super::volumes::{SCRATCH_PATH, moved_scratch};
use crate::backup::key::Of;
use crate::backup::variables::{
    BACKUP_KEEP, BACKUP_MODULE, BACKUP_NAMESPACE, BACKUP_PROVED, BACKUP_PVC_PATH,
    RESTORE_BACKUP_ID, RESTORE_BOOTSTRAP, RESTORE_CLEAN, RESTORE_MODULE, RESTORE_NAMESPACE,
    S3_ACCESS_ID, S3_BUCKET, S3_CA_BUNDLE, S3_ENDPOINT, S3_PATH_STYLE, S3_PREFIX, S3_REGION,
    S3_SECRET_KEY, S3_SIGNATURE_V2,
};
use crate::crd::Keep;
use crate::question::KeyOfSecret;
use crate::render::pod::{from_secret, literal};
use k8s_openapi::api::core::v1::EnvVar;

/// Every variable of a run.
pub fn variables(run: &Run<'_>) -> Vec<EnvVar> {
    let mut variables = of_store(run.store);
    let path = run.data.spec.volume_mount_path.as_str();
    match &run.task {
        Task::Backup { keep, proved } => {
            variables.push(literal(BACKUP_NAMESPACE, &run.of.namespace));
            variables.push(literal(BACKUP_MODULE, &run.of.module));
            variables.push(literal(BACKUP_PVC_PATH, path));
            variables.extend(keep.as_ref().map(|keep| literal(BACKUP_KEEP, &json(keep))));
            variables.extend(proved.as_ref().map(|id| literal(BACKUP_PROVED, id)));
        }
        Task::Drill => {
            variables.extend(of_backups(&run.of));
            variables.push(literal(BACKUP_PVC_PATH, SCRATCH_PATH));
        }
        Task::Restore { id, clean } => {
            variables.extend(of_backups(&run.of));
            variables.extend(of_restore(id, *clean, path));
        }
        Task::Bootstrap { id } => {
            variables.extend(of_backups(&run.of));
            variables.extend(of_restore(id, false, path));
            variables.push(literal(RESTORE_BOOTSTRAP, "true"));
        }
    }
    variables.extend(moved_scratch(run).map(|path| literal("TMPDIR", path)));
    variables
}

fn of_store(ValidStore { name: _, door, signature_v2 }: &ValidStore) -> Vec<EnvVar> {
    let secret =
        |name: &str, value: &KeyOfSecret| from_secret(name, &value.secret.name, &value.key);
    let mut variables = vec![
        literal(S3_ENDPOINT, &door.endpoint),
        literal(S3_BUCKET, &door.bucket),
        literal(S3_PREFIX, &door.prefix),
        literal(S3_REGION, &door.region),
        literal(S3_PATH_STYLE, &door.path_style.to_string()),
        literal(S3_SIGNATURE_V2, &signature_v2.to_string()),
        secret(S3_ACCESS_ID, &door.access_id),
        secret(S3_SECRET_KEY, &door.access_key),
    ];
    variables.extend(door.ca_bundle.as_ref().map(|bundle| literal(S3_CA_BUNDLE, bundle)));
    variables
}

fn of_backups(of: &Of) -> [EnvVar; 2] {
    [literal(RESTORE_NAMESPACE, &of.namespace), literal(RESTORE_MODULE, &of.module)]
}

fn of_restore(id: &str, clean: bool, path: &str) -> [EnvVar; 3] {
    [
        literal(RESTORE_BACKUP_ID, id),
        literal(RESTORE_CLEAN, &clean.to_string()),
        literal(BACKUP_PVC_PATH, path),
    ]
}

fn json(keep: &Keep) -> String {
    // Numbers under names: serializing them cannot fail.
    serde_json::to_string(keep).unwrap_or_default()
}
