//! A restore waits for its turn, and for its module to stand still. Then its Job is made.

use super::Step;
use super::wants::Wants;
use crate::action::Verb;
use crate::crd::conditions::{reasons, types};
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::question::{Fact, Question};
use crate::render::backup::{self, PodSettings, Run, Task};
use crate::render::context::Context;
use crate::render::desired::manifest;
use crate::render::ready::Ready;
use crate::render::restore::RestorePhase;
use crate::render::rollout;
use crate::render::round::Round;
use crate::render::status::{is_paused, live_condition};
use crate::render::stop::Stop;

/// The next step of a restore that has all it names.
pub fn take(context: &Context<'_>, round: &mut Round, wants: &Wants) -> Result<Step, Stop> {
    if wants.is_marked {
        // The module has marked the claim while it had no pods, and stands still from then on.
        return Ok(match waits_for_pods(context, round, wants)? {
            Some(waiting) => waiting,
            None => begin(context, round, wants)?,
        });
    }
    if let Some(why) = waits_for_module(context, wants)? {
        return Ok(waiting(why));
    }
    if RestorePhase::of(context.resource) == RestorePhase::Running {
        return Ok(running(context, wants));
    }
    Ok(match waits_for_pods(context, round, wants)? {
        Some(waiting) => waiting,
        None => running(context, wants),
    })
}

fn waiting(why: String) -> Step {
    Step::Stay(Ready::new(reasons::WAITING, why))
}

fn running(context: &Context<'_>, wants: &Wants) -> Step {
    let job = context.reference(Kind::Job, &names::backup::restore(context.name()));
    let claim = names::module::claim(&wants.spec.bot_module.name);
    let message =
        format!("{job} is made to restore backup {} into PersistentVolumeClaim {claim}", wants.id);
    Step::Stay(Ready::new(reasons::RUNNING, message))
}

/// Why the module does not stand still for this restore.
fn waits_for_module(context: &Context<'_>, wants: &Wants) -> Result<Option<String>, Stop> {
    let module = wants.resource.reference();
    let restored_by = wants.resource.text("/status/restoredBy").unwrap_or_default();
    if restored_by == context.name() {
        let deployment = context.get(Kind::Deployment, &names::module::deployment(&module.name))?;
        let is_at_rest = deployment.is_none_or(|live| rollout::is_at_rest(&live));
        return Ok((!is_at_rest).then(|| format!("waiting until the pods of {module} are gone")));
    }
    Ok(Some(if is_paused(&wants.resource) {
        format!(
            "{module} is paused and cannot be stopped: take annotation {} off it",
            names::PAUSED
        )
    } else if wants.claim.as_deref().is_some_and(Object::is_being_deleted) {
        let claim = names::module::claim(&module.name);
        format!(
            "PersistentVolumeClaim {claim} is being deleted, and its data goes when {module} stops: copy what is needed out of a running pod, then delete the pods; the backup is restored into the new claim"
        )
    } else if restored_by.is_empty() {
        format!("waiting until {module} is stopped{}", remark(&wants.resource))
    } else {
        format!("waiting for BackupRestore {restored_by}, for which {module} is stopped")
    }))
}

/// What holds a module up, where it says so.
fn remark(module: &Object) -> String {
    let ready = live_condition(module, types::READY).filter(|ready| ready["status"] == "False");
    let word = |field: &str| ready.and_then(|ready| ready[field].as_str());
    match (word("reason"), word("message")) {
        (Some(reason), Some(message)) => format!(". It is {reason}: {message}"),
        _ => String::new(),
    }
}

/// What to say while pods use the claim, whosever they are.
fn waits_for_pods(
    context: &Context<'_>,
    round: &mut Round,
    wants: &Wants,
) -> Result<Option<Step>, Stop> {
    let name = names::module::claim(&wants.spec.bot_module.name);
    let Some(claim) = &wants.claim else {
        return Ok(Some(waiting(format!("waiting until PersistentVolumeClaim {name} is made"))));
    };
    let since = claim.resource_version().unwrap_or_default().to_owned();
    let users = round.question(context, claim.reference().clone(), Question::Users { since })?;
    Ok(match users {
        Fact::Users(pods) if pods.is_empty() => None,
        Fact::Users(pods) => Some(waiting(format!(
            "waiting until no pod uses PersistentVolumeClaim {name} any more: {}. One on a node that is lost has to be deleted by hand: kubectl delete pod --force",
            pods.join(", ")
        ))),
        Fact::Usable | Fact::Unusable(_) | Fact::Newest(_) => return Err(Stop::Unanswered),
    })
}

/// Makes the Job.
fn begin(context: &Context<'_>, round: &mut Round, wants: &Wants) -> Result<Step, Stop> {
    if let Some(data) = wants.data(context)? {
        let task = Task::Restore { id: wants.id.clone(), clean: wants.spec.clean_restore };
        let run = Run {
            task,
            of: wants.of.clone(),
            store: &wants.store,
            data: &data,
            pod_settings: &PodSettings::from(&wants.spec),
            image: &wants.image,
        };
        let name = names::backup::restore(context.name());
        let job = backup::job(context, name.clone(), &run);
        round.ask(context, context.reference(Kind::Job, &name), Verb::Create(manifest(&job)))?;
    }
    Ok(running(context, wants))
}
