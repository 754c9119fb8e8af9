//! `eevee-operator backup`: what the pod of a backup runs.

mod request;
mod retention;

use super::job::{self, Ending};
use crate::archive::Progress;
use crate::archive::manifest::Manifest;
use crate::archive::pack::{PackFailure, PackRequest, Packed, pack, survey};
use crate::backup::Said;
use crate::s3::{StoreClient, StoreProblem, Upload};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use request::BackupRequest;
use std::process::ExitCode;
use std::time::Instant;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Uploads of runs that crashed are older.
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    job: job::Arguments,
}

/// Makes one backup.
pub fn run(arguments: &Arguments) -> ExitCode {
    job::run(&arguments.job, "backup", |runtime, progress| match BackupRequest::read() {
        Ok(wanted) => backed_up(&wanted, runtime, progress).unwrap_or_else(Ending::from),
        Err(mistakes) => Ending::unusable(&mistakes),
    })
}

fn backed_up(
    wanted: &BackupRequest,
    runtime: &Handle,
    progress: &Progress,
) -> Result<Ending, StoreProblem> {
    let (begun, now) = (Instant::now(), Timestamp::now());
    let id = Uuid::now_v7().to_string();
    let store = StoreClient::new(&wanted.access)?;
    let mut said = Said::default();
    if let Err(problem) = runtime.block_on(store.abort_old_uploads(&wanted.of, now - DAY)) {
        said.warnings.push(format!("uploads of runs that crashed are not looked for: {problem}"));
    }
    let packed = uploaded(wanted, &store, &id, now, runtime, progress)?;
    let failure = packed.report.failure();
    tell(&mut said, packed, &id);
    if failure.is_none() {
        retention::keep(wanted, &store, &id, runtime, &mut said.warnings);
    }
    said.seconds = begun.elapsed().as_secs();
    let ending = Ending::good(said);
    // What cannot be read today cannot be read by the next try either.
    Ok(match failure {
        Some(why) => ending.because(why, true),
        None => ending,
    })
}

/// The whole archive lies in the store afterwards, or nothing.
fn uploaded(
    wanted: &BackupRequest,
    store: &StoreClient,
    id: &str,
    now: Timestamp,
    runtime: &Handle,
    progress: &Progress,
) -> Result<Packed<()>, StoreProblem> {
    let expected = survey(&wanted.claim, progress).map_err(problem)?;
    let key = wanted.of.key(&wanted.access.prefix, id);
    let upload = Upload::begin(store, runtime, &key, expected)?;
    let manifest = Manifest {
        namespace: wanted.of.namespace.clone(),
        module: wanted.of.module.clone(),
        id: id.to_owned(),
        time: now.to_string(),
        ..Manifest::default()
    };
    let scratch = std::env::temp_dir();
    let order = PackRequest { claim: &wanted.claim, scratch: &scratch, manifest };
    // Dropped without an end, the upload is aborted.
    let Packed { to, bytes, sha256, files, report } =
        pack(&order, upload, progress).map_err(problem)?;
    to.finish()?;
    Ok(Packed { to: (), bytes, sha256, files, report })
}

fn tell(said: &mut Said, packed: Packed<()>, id: &str) {
    let Packed { to: (), bytes, sha256, files, report } = packed;
    said.id = Some(id.to_owned());
    said.bytes = bytes;
    said.files = files;
    said.sha256 = Some(sha256);
    said.databases = report.copied;
    said.held_up_milliseconds = report.held_up;
    said.warnings.extend(report.warnings);
    said.more_warnings = report.more_warnings;
}

fn problem(failure: PackFailure) -> StoreProblem {
    match failure {
        PackFailure::Claim(why) => StoreProblem::permanent(why),
        PackFailure::Archive(error) => {
            let of_store = error.get_ref().and_then(|cause| cause.downcast_ref::<StoreProblem>());
            of_store.cloned().unwrap_or_else(|| StoreProblem::passing(error.to_string()))
        }
    }
}

impl From<StoreProblem> for Ending {
    fn from(problem: StoreProblem) -> Self {
        Self::failed(problem.message, problem.is_permanent)
    }
}
