//! Older backups go after a good one.

use super::request::BackupRequest;
use crate::backup::retention::superfluous;
use crate::s3::{StoreClient, StoreProblem};
use jiff::Timestamp;
use tokio::runtime::Handle;

/// Deletes the backups that no rule wants. Keys without the right to delete are good practice: a refusal is a warning.
pub fn keep(
    wanted: &BackupRequest,
    store: &StoreClient,
    just_made: &str,
    runtime: &Handle,
    warnings: &mut Vec<String>,
) {
    if let Err(problem) = runtime.block_on(kept(wanted, store, just_made)) {
        warnings.push(format!("older backups are still there: {problem}"));
    }
}

async fn kept(
    wanted: &BackupRequest,
    store: &StoreClient,
    just_made: &str,
) -> Result<(), StoreProblem> {
    let Some(keep) = wanted.keep else { return Ok(()) };
    let stored = store.backups(&wanted.of).await?;
    let backups: Vec<(&str, Timestamp)> =
        stored.iter().map(|stored| (stored.id.as_str(), stored.time)).collect();
    for id in superfluous(keep, &backups, just_made, wanted.proved.as_deref()) {
        store.delete(&wanted.of.key(&wanted.access.prefix, &id)).await?;
    }
    Ok(())
}
