//! A Job that is there is followed to its end, whoever made it. It is never made again.

use super::end::{self, RestoreEnd};
use super::{Step, evidence};
use crate::backup::{Moves, Said};
use crate::crd::conditions::reasons;
use crate::object::Object;
use crate::render::backup::{self, JobEnd, Told};
use crate::render::context::Context;
use crate::render::desired::refuse_foreign;
use crate::render::ready::Ready;
use crate::render::restore::{Evidence, may_have_moved};
use crate::render::round::Round;
use crate::render::status::time;
use crate::render::stop::Stop;

/// What comes of the Job of the restore's name.
pub fn job(context: &Context<'_>, round: &mut Round, job: &Object) -> Result<Step, Stop> {
    refuse_foreign(context, job)?;
    let is_its_own =
        job.controller().is_some_and(|owner| Some(owner.uid) == context.resource.uid());
    if !is_its_own {
        let message = format!(
            "waiting until {} of another BackupRestore of this name is gone: delete it if nobody does",
            job.reference()
        );
        return Ok(Step::Stay(Ready::new(reasons::PENDING, message)));
    }
    let evidence = evidence(context)?;
    let told = backup::told(context, job)?;
    match &told.end {
        Some(how) if !evidence.may_write() => {
            Ok(Step::Over(over(how, &evidence, job, may_have_moved(context.resource))))
        }
        _ => {
            backup::watch(context, round, job)?;
            let made = job.text("/metadata/creationTimestamp").map(str::to_owned);
            end::start(round, &made.unwrap_or_else(|| time(context.source.now())));
            if evidence.has_run() {
                end::note_run(round);
            }
            let trouble = trouble(&told, &evidence).map(|why| format!("; {why}"));
            let message =
                format!("{} is under way{}", job.reference(), trouble.unwrap_or_default());
            Ok(Step::Stay(Ready::new(reasons::RUNNING, message)))
        }
    }
}

/// What keeps the Job from coming to its end.
fn trouble(told: &Told, evidence: &Evidence) -> Option<String> {
    let refused = "the cluster makes no pod for it: kubectl describe job shows why";
    told.lacks_pods.then(|| refused.to_owned()).or_else(|| evidence.trouble())
}

/// The Job was there and is no more.
pub fn vanished(context: &Context<'_>) -> Result<Step, Stop> {
    let evidence = evidence(context)?;
    if evidence.may_write() {
        let trouble = evidence.trouble().unwrap_or_default();
        let message = format!("the Job was deleted; {trouble}");
        return Ok(Step::Stay(Ready::new(reasons::RUNNING, message)));
    }
    let said = evidence.said();
    let moves = evidence.moves(true, may_have_moved(context.resource));
    let message = format!("its Job was deleted before it had ended; {}", of_files(moves));
    Ok(Step::Over(RestoreEnd {
        moves: Some(moves),
        said,
        ..RestoreEnd::of(reasons::FAILED, message)
    }))
}

fn over(how: &JobEnd, evidence: &Evidence, job: &Object, had_pods: bool) -> RestoreEnd {
    // An image of a user's does not say how far it has come.
    let speaks = backup::has_own_image(job);
    let said = evidence.said().filter(|_| speaks);
    let moves = evidence.moves(speaks, had_pods);
    let (reason, message) = match how {
        JobEnd::Succeeded => (reasons::SUCCEEDED, success(said.as_ref())),
        JobEnd::Failed(why) => (reasons::FAILED, format!("{why}; {}", of_files(moves))),
    };
    RestoreEnd {
        moves: Some(moves),
        said,
        at: evidence.ended_at(),
        ..RestoreEnd::of(reason, message)
    }
}

fn success(said: Option<&Said>) -> String {
    let Some(said) = said else { return "the backup is restored".to_owned() };
    let warnings = said.warnings.len() as u64 + said.more_warnings;
    let warning = said.warnings.first().map_or_else(String::new, |first| {
        format!("; {warnings} warnings, of which the first is: {first}")
    });
    format!("the backup is restored: {} files{warning}", said.files)
}

/// What has become of the files, for people.
fn of_files(moves: Moves) -> &'static str {
    match moves {
        Moves::NotBegun => "nothing of the module's was touched",
        Moves::Begun => {
            "some files of the backup may be in their place and others not, so the module stays stopped: restore again"
        }
        Moves::Finished => {
            "all files of a backup are in their place: of this one, or of one that was under way before"
        }
    }
}
