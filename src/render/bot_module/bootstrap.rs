//! The claim of a new module is filled from a backup before the module first runs.
//!
//! Until that is done there is no Deployment. Afterwards the claim says so, independent of the rest.

use super::validate::ValidModule;
use crate::action::{Precondition, Severity, Verb};
use crate::backup::Moves;
use crate::crd::BootstrapFromBackup;
use crate::crd::conditions::{Reason, events, reasons, types};
use crate::kinds::Kind;
use crate::names::{self, BOOTSTRAPPED};
use crate::object::{Object, ObjectRef};
use crate::question::{Fact, Question};
use crate::render::backup::{self, Data, JobEnd, PodSettings, Run, Task};
use crate::render::context::Context;
use crate::render::desired::{manifest, refuse_foreign};
use crate::render::ready::{Condition, Ready};
use crate::render::restore::Evidence;
use crate::render::round::Round;
use crate::render::stop::Stop;
use crate::snapshot::NotKnown;
use crate::source::Source;
use serde_json::json;

/// What is said of a claim that is not to be filled any more.
const HAS_DATA: &str = "the claim has its data";

/// Fills the claim, where that is asked for and not done.
///
/// # Errors
/// [`Stop::AsFar`] as long as the module has to wait for it.
pub fn fill(
    context: &Context<'_>,
    module: &ValidModule,
    live: Option<&Object>,
    round: &mut Round,
) -> Result<(), Stop> {
    let Some(wanted) = &module.spec.bootstrap_from_backup else {
        return give_up(context, module, live, round);
    };
    if module.claim.is_none() {
        let message = "spec.bootstrapFromBackup restores into the claim, and there is none: set spec.persistentVolumeClaim";
        round.say(context, condition(reasons::INVALID_SPEC, message));
        return Ok(());
    }
    let claim = context.get(Kind::PersistentVolumeClaim, &names::module::claim(context.name()))?;
    let claim = claim.as_deref();
    if claim.is_some_and(has_data) {
        return done(context, round, claim, HAS_DATA);
    }
    if live.is_some() {
        return done(context, round, claim, "the module ran before: nothing is restored");
    }
    let name = names::backup::bootstrap(context.name());
    match context.get(Kind::Job, &name)? {
        Some(job) => follow(context, round, claim, &job),
        None => begin(context, module, wanted, round),
    }
}

/// Whether the claim of a module is still to be filled, so that what lies on it now is not its data.
///
/// # Errors
/// [`NotKnown`] where it is not known whether there is a Deployment.
pub fn is_awaited(
    source: &dyn Source,
    module: &Object,
    claim: Option<&Object>,
) -> Result<bool, NotKnown> {
    let is_wanted = module.at("/spec/bootstrapFromBackup").is_some_and(|wanted| !wanted.is_null());
    if !is_wanted || claim.is_some_and(has_data) {
        return Ok(false);
    }
    let ObjectRef { namespace, name, .. } = module.reference();
    let deployment = names::module::deployment(name);
    Ok(source.get(&ObjectRef::new(Kind::Deployment, namespace, deployment))?.is_none())
}

fn has_data(claim: &Object) -> bool {
    claim.annotation(BOOTSTRAPPED) == Some("true")
}

/// Goes on with the module.
fn done(
    context: &Context<'_>,
    round: &mut Round,
    claim: Option<&Object>,
    message: &str,
) -> Result<(), Stop> {
    if let Some(claim) = claim.filter(|claim| !has_data(claim)) {
        let patch = json!({ "metadata": { "annotations": { BOOTSTRAPPED: "true" } } });
        let verb = Verb::Patch { patch, seen: Precondition::seen(claim) };
        round.ask(context, claim.reference().clone(), verb)?;
        round.tell(context, Severity::Normal, events::BOOTSTRAPPED, message.to_owned());
    }
    // Whoever comes after a crash does not know how.
    round.conditions.push(condition(reasons::BOOTSTRAPPED, HAS_DATA));
    Ok(())
}

/// Nobody asks for it any more. What it has begun comes to its end all the same: neither does the module run
/// beside it, nor on a mixture.
fn give_up(
    context: &Context<'_>,
    module: &ValidModule,
    live: Option<&Object>,
    round: &mut Round,
) -> Result<(), Stop> {
    if live.is_some() || module.claim.is_none() {
        return Ok(());
    }
    let Some(job) = context.get(Kind::Job, &names::backup::bootstrap(context.name()))? else {
        return Ok(());
    };
    let claim = context.get(Kind::PersistentVolumeClaim, &names::module::claim(context.name()))?;
    if refuse_foreign(context, &job).is_err() || claim.as_deref().is_some_and(has_data) {
        return Ok(());
    }
    let evidence = Evidence::of_job(context, job.clone())?;
    let is_over = !evidence.may_write();
    if is_over && evidence.moves(backup::has_own_image(&job), false) == Moves::NotBegun {
        return Ok(());
    }
    follow(context, round, claim.as_deref(), &job)
}

/// A Job that is there is never made again, whoever made it.
fn follow(
    context: &Context<'_>,
    round: &mut Round,
    claim: Option<&Object>,
    job: &Object,
) -> Result<(), Stop> {
    let told = backup::told(context, job)?;
    let at = job.reference();
    match told.end {
        Some(JobEnd::Succeeded) => {
            let skipped = told.last().is_some_and(|said| said.skipped);
            let message = if skipped {
                "the claim had files already and is left as it was"
            } else {
                "the claim is filled from a backup"
            };
            done(context, round, claim, message)
        }
        Some(JobEnd::Failed(why)) => {
            let message = format!(
                "{why}. To try again, delete {at}: kubectl delete job {} -n {}; a BackupRestore that succeeds ends the wait, too",
                at.name, at.namespace
            );
            Err(wait(round, reasons::BOOTSTRAP_RESTORE_FAILED, message))
        }
        None => {
            backup::watch(context, round, job)?;
            let why = if told.lacks_pods {
                ", and the cluster makes no pod for it: kubectl describe job shows why"
            } else {
                ""
            };
            Err(wait(round, reasons::BOOTSTRAPPING, format!("{at} fills the claim{why}")))
        }
    }
}

/// Makes the Job, once there is something to restore.
fn begin(
    context: &Context<'_>,
    module: &ValidModule,
    wanted: &BootstrapFromBackup,
    round: &mut Round,
) -> Result<(), Stop> {
    const FIELD: &str = "spec.bootstrapFromBackup.s3Store";
    let pod_settings = PodSettings::from(wanted);
    pod_settings.check()?;
    let image = pod_settings.image(context)?;
    let store = match backup::resolve_store(context, FIELD, &wanted.s3_store.name) {
        Ok(store) => store,
        Err(Stop::Refused { ready, .. }) => return Err(wait(round, ready.reason, ready.message)),
        Err(stop) => return Err(stop),
    };
    if image.is_own {
        store.check_signature(FIELD)?;
    }
    let Some(claim) = &module.claim else { return Ok(()) };
    let data = Data::read(context, context.name(), &module.spec, claim)?;
    let of = data.of(context.namespace());
    let target = context.reference(Kind::S3Store, &store.name);
    let question = Question::Newest(store.door.clone(), of.clone());
    let id = match round.question(context, target, question)? {
        Fact::Newest(Some(id)) => id,
        Fact::Unusable(why) => {
            let message = format!("{FIELD}: S3Store {} is not ready: {why}", store.name);
            return Err(wait(round, reasons::S3_STORE_NOT_READY, message));
        }
        Fact::Newest(None) | Fact::Usable | Fact::Users(_) => {
            let message = format!(
                "there is no backup under {} in bucket {} yet. It is looked for every minute; to start without one, take spec.bootstrapFromBackup off",
                of.folder(&store.door.prefix),
                store.door.bucket
            );
            return Err(wait(round, reasons::WAITING_FOR_BACKUP, message));
        }
    };
    let task = Task::Bootstrap { id: id.clone() };
    let run =
        Run { task, of, store: &store, data: &data, pod_settings: &pod_settings, image: &image };
    let name = names::backup::bootstrap(context.name());
    let job = backup::job(context, name.clone(), &run);
    let target = context.reference(Kind::Job, &name);
    let message = format!("{target} fills the claim from backup {id}");
    round.ask(context, target.clone(), Verb::Create(manifest(&job)))?;
    round.tell(context, Severity::Normal, events::BOOTSTRAPPING, message);
    Err(wait(round, reasons::BOOTSTRAPPING, format!("{target} fills the claim")))
}

/// What is said while there is no Deployment yet. The event of a failure goes with condition Ready.
fn wait(round: &mut Round, reason: Reason, message: String) -> Stop {
    round.conditions.push(condition(reason, message.as_str()));
    if reason == reasons::BOOTSTRAPPING {
        let message = format!("{message} before the module is started");
        return Stop::AsFar(Ready::new(reasons::CREATING, message));
    }
    Stop::AsFar(Ready::new(reason, message))
}

fn condition(reason: Reason, message: impl Into<String>) -> Condition {
    let Ready { reason, message } = Ready::new(reason, message);
    Condition { kind: types::BOOTSTRAPPED, reason, message }
}
