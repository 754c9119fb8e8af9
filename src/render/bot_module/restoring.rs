//! The BackupRestore that a module stands still for.
//!
//! A claim is marked before the Job of a restore is made, while nobody uses it, and the mark goes when the
//! claim is known to be whole. A module whose claim is marked does not run: so a mixture never does,
//! whatever crashes or is deleted meanwhile.

use super::validate::ValidModule;
use crate::action::{Precondition, Verb};
use crate::backup::Moves;
use crate::crd::conditions::reasons;
use crate::kinds::{Index, Kind};
use crate::names::{self, BOOTSTRAPPED, RESTORING};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::ready::Ready;
use crate::render::restore::{self, Evidence, Mark, RestorePhase, TrackedRestore};
use crate::render::rollout;
use crate::render::round::Round;
use crate::render::stop::Stop;
use serde_json::json;

/// Why a module stands still.
pub struct Standstill {
    /// Name of the BackupRestore.
    pub by: String,
    pub ready: Ready,
}

/// Why a module has to stand still, if it has to. Keeps the mark on its claim.
pub fn standstill(
    context: &Context<'_>,
    module: &ValidModule,
    round: &mut Round,
) -> Result<Option<Standstill>, Stop> {
    if module.claim.is_none() {
        return Ok(None);
    }
    let claim = context.get(Kind::PersistentVolumeClaim, &names::module::claim(context.name()))?;
    let claim = claim.as_deref();
    let mark = claim.and_then(Mark::on);
    let restores =
        context.source.referrers(Index::RESTORES, context.namespace(), context.name())?;
    let restores: Vec<TrackedRestore> = restores.into_iter().map(TrackedRestore::of).collect();
    let first = restore::first(&restores, mark.as_ref());
    let left = match &mark {
        Some(mark) if !first.as_ref().is_some_and(|first| mark.is_of(&first.object)) => {
            Some(leftover(context, mark, &restores)?)
        }
        _ => None,
    };
    if mark.is_none() && would_lose_the_claim(context, claim)? {
        return Ok(None);
    }
    let standstill = match (left, &mark, &first) {
        (Some(Leftover::Open), Some(mark), _) => Some(for_the_sake_of(&mark.name)),
        (Some(Leftover::Orphaned), Some(mark), _) => Some(orphaned(&mark.name)),
        (_, _, Some(first)) => Some(for_the_sake_of(first.name())),
        (Some(Leftover::Broken), Some(mark), None) => Some(incomplete(context, &mark.name)),
        _ => None,
    };
    if let Some(claim) = claim {
        let next = next_mark(context, mark.as_ref(), left, first.as_ref())?;
        put(context, round, claim, mark.as_ref(), &next)?;
    }
    Ok(standstill)
}

/// What a restore has left behind that has marked the claim and does not go on.
#[derive(Clone, Copy, PartialEq)]
enum Leftover {
    /// It is there, and its end is not told yet.
    Open,
    /// It is gone, and its Job or a pod may still write to the claim.
    Orphaned,
    /// Its files are all in their place.
    Restored,
    /// Nothing was touched.
    Untouched,
    /// Nobody knows that the claim is whole.
    Broken,
}

fn leftover(
    context: &Context<'_>,
    mark: &Mark,
    restores: &[TrackedRestore],
) -> Result<Leftover, Stop> {
    let evidence = Evidence::gather(context, context.name(), &mark.name, &mark.uid)?;
    let of_mark = restores.iter().find(|restore| mark.is_of(&restore.object));
    let had_pods = of_mark.is_some_and(|restore| restore::may_have_moved(&restore.object));
    let of_mark = of_mark.filter(|restore| !restore.object.is_being_deleted());
    let noted = match of_mark.map(|restore| restore.state) {
        Some(RestorePhase::Ended(_, moves)) => moves,
        Some(
            RestorePhase::Pending
            | RestorePhase::Waiting
            | RestorePhase::Running
            | RestorePhase::Ending,
        ) => {
            return Ok(Leftover::Open);
        }
        None => None,
    };
    if evidence.may_write() {
        return Ok(if of_mark.is_some() { Leftover::Open } else { Leftover::Orphaned });
    }
    Ok(match noted.unwrap_or_else(|| evidence.moves(true, had_pods)) {
        Moves::Finished => Leftover::Restored,
        Moves::NotBegun if !mark.is_incomplete => Leftover::Untouched,
        Moves::NotBegun | Moves::Begun => Leftover::Broken,
    })
}

/// The mark that the claim is to have, and whether it is known to hold its data.
struct Next {
    mark: Option<Mark>,
    is_restored: bool,
}

fn next_mark(
    context: &Context<'_>,
    mark: Option<&Mark>,
    left: Option<Leftover>,
    first: Option<&TrackedRestore>,
) -> Result<Next, Stop> {
    let is_restored = left == Some(Leftover::Restored);
    let is_over = is_restored || left == Some(Leftover::Untouched);
    let kept = mark.filter(|_| !is_over);
    let is_its_own = |first: &TrackedRestore| kept.is_some_and(|mark| mark.is_of(&first.object));
    let next = match first {
        Some(first)
            if first.state == RestorePhase::Running
                && !is_its_own(first)
                && !matches!(left, Some(Leftover::Open | Leftover::Orphaned))
                && is_at_rest(context)? =>
        {
            Some(Mark::of(&first.object, kept.is_some()))
        }
        _ => kept.cloned(),
    };
    Ok(Next { mark: next, is_restored })
}

fn put(
    context: &Context<'_>,
    round: &mut Round,
    claim: &Object,
    mark: Option<&Mark>,
    next: &Next,
) -> Result<(), Stop> {
    if next.mark.as_ref() == mark {
        return Ok(());
    }
    let mut annotations = json!({ RESTORING: next.mark.as_ref().map(ToString::to_string) });
    if next.is_restored {
        annotations[BOOTSTRAPPED] = "true".into();
    }
    let patch = json!({ "metadata": { "annotations": annotations } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(claim) };
    round.ask(context, claim.reference().clone(), verb)
}

/// Whether the Deployment has no pods and nothing else is under way that writes to the claim.
fn is_at_rest(context: &Context<'_>) -> Result<bool, Stop> {
    let deployment = context.live_workload()?;
    let bootstrap = context.get(Kind::Job, &names::backup::bootstrap(context.name()))?;
    let is_filled = bootstrap.is_some_and(|job| restore::ended(&job).is_none());
    Ok(!is_filled && deployment.is_none_or(|live| rollout::is_at_rest(&live)))
}

/// A claim that is being deleted goes, with its data, when its last pod does.
fn would_lose_the_claim(context: &Context<'_>, claim: Option<&Object>) -> Result<bool, Stop> {
    let is_leaving = claim.is_some_and(Object::is_being_deleted);
    Ok(is_leaving && context.live_workload()?.is_some_and(|live| super::has_pods(&live)))
}

fn for_the_sake_of(name: &str) -> Standstill {
    let message = format!(
        "the module is stopped for BackupRestore {name}, and comes back when that is over: see its condition Ready"
    );
    Standstill { by: name.to_owned(), ready: Ready::new(reasons::RESTORING, message) }
}

fn orphaned(name: &str) -> Standstill {
    let message = format!(
        "BackupRestore {name} is gone. The module is stopped until its Job {} and the pods of that are gone, too",
        names::backup::restore(name)
    );
    Standstill { by: name.to_owned(), ready: Ready::new(reasons::RESTORING, message) }
}

fn incomplete(context: &Context<'_>, name: &str) -> Standstill {
    let claim = names::module::claim(context.name());
    let message = format!(
        "BackupRestore {name} may have put some files of the backup into their place and not the others, and the module is not started on a mixture: make another BackupRestore, or, if you know that the data is whole, run kubectl annotate pvc {claim} -n {} {RESTORING}-",
        context.namespace()
    );
    Standstill { by: name.to_owned(), ready: Ready::new(reasons::RESTORE_INCOMPLETE, message) }
}
