//! `eevee-operator restore`.

mod printed;
mod request;

use super::called::Called;
use super::job::{self, Ending};
use super::store_source::{Metered, StoreSource, described};
use super::{UNUSABLE, environment, output};
use crate::archive::Progress;
use crate::archive::unpack::{
    BackupSource, Claim, Disk, Ended, RestoreRun, Restored, UnpackFailure, Wanted,
};
use crate::backup::variables::RESTORE_MODULE;
use crate::backup::{Moves, Said};
use crate::s3::Download;
use clap::Args;
use request::RestoreRequest;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    wanted: printed::Arguments,
    #[command(flatten)]
    job: job::Arguments,
}

/// Restores a backup where the environment of a Job says which. Otherwise prints the resource that does it.
pub fn run(arguments: &Arguments) -> ExitCode {
    if arguments.wanted.is_given() {
        return match printed::print(&arguments.wanted) {
            Ok(text) => output::print(&text),
            Err(mistake) => {
                output::say("error", &mistake);
                ExitCode::from(UNUSABLE)
            }
        };
    }
    if std::env::var_os(RESTORE_MODULE).is_none() {
        let usage = format!("{} restore MODULE --store STORE", Called::now().words());
        let hint = format!("name the module and the store: {usage}");
        output::say("error", &format!("{hint} (in a Job, {RESTORE_MODULE} names it)"));
        return ExitCode::from(UNUSABLE);
    }
    let order = environment::read(|variable| RestoreRequest::read(variable));
    let job = arguments.job.clone();
    job::run(&arguments.job, "restore", move |runtime, progress| match order {
        Ok(order) => restored(&order, &job, runtime, progress),
        Err(mistakes) => Ending::unusable(&mistakes),
    })
}

fn restored(
    order: &RestoreRequest,
    job: &job::Arguments,
    runtime: &Handle,
    progress: &Arc<Progress>,
) -> Ending {
    let began = Instant::now();
    let mut moves = None;
    let ended = work(order, job, runtime, progress, &mut moves);
    let mut said = Said { moves, seconds: began.elapsed().as_secs(), ..Said::default() };
    said.id.clone_from(&order.id);
    match ended {
        Ok(Ended::Restored(restored)) => Ending::good(of(restored, said)),
        Ok(Ended::Skipped(name)) => {
            let why = format!("nothing was restored: the claim is not empty, it has {name}");
            Ending::good(Said { skipped: true, warnings: vec![why], ..said })
        }
        Err(failure) => {
            let (why, is_permanent) = described(&failure);
            Ending::good(said).because(why, is_permanent)
        }
    }
}

fn work(
    order: &RestoreRequest,
    job: &job::Arguments,
    runtime: &Handle,
    progress: &Arc<Progress>,
    moves: &mut Option<Moves>,
) -> Result<Ended, UnpackFailure> {
    let claim = Claim::open(&order.path, Disk::default(), progress)?;
    let stored = StoreSource::new(&order.access, order.of.clone(), runtime, progress)?;
    let backups = InJob { order, job, stored, progress };
    let mut restore =
        RestoreRun { claim: &claim, backups, is_bootstrap: order.is_bootstrap, moves: None };
    let ended = restore.run();
    *moves = restore.moves;
    ended
}

fn of(restored: Restored, said: Said) -> Said {
    let Restored { id, bytes, files, databases, warnings } = restored;
    Said { id: Some(id), bytes, files, databases, warnings, ..said }
}

/// The backups that a Job is given.
struct InJob<'a> {
    order: &'a RestoreRequest,
    job: &'a job::Arguments,
    stored: StoreSource,
    progress: &'a Progress,
}

impl BackupSource for InJob<'_> {
    type Archive = Metered<Download>;

    fn wanted(&mut self) -> Result<Wanted, UnpackFailure> {
        let id = match &self.order.id {
            Some(id) => id.clone(),
            None => self.stored.newest()?,
        };
        Ok(Wanted::new(self.stored.of(), &id, self.order.clean))
    }

    fn open(&mut self, wanted: &Wanted) -> Result<(Self::Archive, u64), UnpackFailure> {
        self.stored.open(&wanted.id)
    }

    /// A process that is killed from now on says nothing more: this message stands then.
    fn moves_begin(&mut self, restored: &Restored) -> Result<(), UnpackFailure> {
        self.progress.go_on().map_err(UnpackFailure::Read)?;
        let error = Some("it was killed while it put the files into their place".to_owned());
        let said =
            of(restored.clone(), Said { moves: Some(Moves::Begun), error, ..Said::default() });
        self.job.leave(&said).map_err(|error| UnpackFailure::Disk {
            doing: "cannot write the termination message".to_owned(),
            error,
        })
    }
}
