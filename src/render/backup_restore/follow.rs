//! A Job that is there is followed to its end, whoever made it. It is never made anew.

use super::end::{self, End};
use super::{Step, evidence};
use crate::action::{Precondition, Verb};
use crate::backup::Moves;
use crate::crd::conditions::reasons;
use crate::names::{BACKUP_TASK, MANAGED_BY, OPERATOR};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::desired::refuse_foreign;
use crate::render::meta;
use crate::render::ready::Ready;
use crate::render::restore::Evidence;
use crate::render::round::Round;
use crate::render::status::time;
use crate::render::stop::Stop;
use serde_json::json;

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
    if evidence.may_write() {
        watch(context, round, job)?;
        let made = job.text("/metadata/creationTimestamp").map(str::to_owned);
        end::start(round, &made.unwrap_or_else(|| time(context.source.now())));
        let trouble = evidence.trouble().map(|trouble| format!("; {trouble}")).unwrap_or_default();
        let message = format!("{} is under way{trouble}", job.reference());
        return Ok(Step::Stay(Ready::new(reasons::RUNNING, message)));
    }
    let end = if evidence.succeeded() { succeeded(&evidence) } else { failed(&evidence, job) };
    Ok(Step::Over(end))
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
    let moves = evidence.moves(true);
    let message = format!("its Job was deleted before it had ended; {}", of_files(moves));
    Ok(Step::Over(End { moves: Some(moves), said, ..End::of(reasons::FAILED, message) }))
}

/// A Job without the label is not seen to change.
fn watch(context: &Context<'_>, round: &mut Round, job: &Object) -> Result<(), Stop> {
    if meta::is_labelled(job) {
        return Ok(());
    }
    let patch = json!({ "metadata": { "labels": { MANAGED_BY: OPERATOR } } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(job) };
    round.ask(context, job.reference().clone(), verb)
}

fn succeeded(evidence: &Evidence) -> End {
    let said = evidence.said();
    let message = said.as_ref().map_or_else(
        || "the backup is restored".to_owned(),
        |said| {
            let all = said.warnings.len() as u64 + said.more_warnings;
            let warning = said.warnings.first().map_or_else(String::new, |first| {
                format!("; {all} warnings, of which the first is: {first}")
            });
            format!("the backup is restored: {} files{warning}", said.files)
        },
    );
    let moves = Some(Moves::Finished);
    End { moves, said, at: evidence.ended_at(), ..End::of(reasons::SUCCEEDED, message) }
}

fn failed(evidence: &Evidence, job: &Object) -> End {
    // An image of a user's does not say how far it has come.
    let speaks = job.label(BACKUP_TASK).is_some() && !has_image_of_a_user(job);
    let said = evidence.said().filter(|_| speaks);
    let moves = evidence.moves(speaks);
    let why = said.as_ref().and_then(|said| said.error.clone()).or_else(|| evidence.failure());
    let message =
        format!("{}; {}", why.unwrap_or_else(|| "its Job has failed".to_owned()), of_files(moves));
    let moves = Some(moves);
    End { moves, said, at: evidence.ended_at(), ..End::of(reasons::FAILED, message) }
}

fn has_image_of_a_user(job: &Object) -> bool {
    let containers = job.at("/spec/template/spec/containers").and_then(|list| list.get(0));
    containers.is_some_and(|container| container["command"].is_array())
}

/// What has become of the files, for people.
fn of_files(moves: Moves) -> &'static str {
    match moves {
        Moves::NotBegun => "nothing of the module's was touched",
        Moves::Begun => {
            "some files of the backup may be in their place and others not, so the module stays stopped: restore again"
        }
        Moves::Finished => "all files of the backup are in their place",
    }
}
