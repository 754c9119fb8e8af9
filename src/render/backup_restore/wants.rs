//! What a BackupRestore asks for, with all that it names.

use super::Step;
use super::end::{self, RestoreEnd};
use crate::backup::key::{Of, is_id};
use crate::crd::BackupRestoreSpec;
use crate::crd::conditions::{Reason, reasons, types};
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::question::{Fact, Question};
use crate::render::backup::{self, Data, Image, PodSettings, ValidStore};
use crate::render::bot_module::ValidModule;
use crate::render::context::Context;
use crate::render::ready::Ready;
use crate::render::restore::Mark;
use crate::render::round::Round;
use crate::render::status::{live_condition, time};
use crate::render::stop::Stop;
use crate::render::validation::form::DNS_NAME;
use crate::render::validation::{self, Invalid};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// For so long a resource may lack what it names: all of a file is not there at once.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// A restore that can be run.
pub struct Wants {
    pub spec: BackupRestoreSpec,
    pub module: ValidModule,
    /// The BotModule.
    pub resource: Arc<Object>,
    pub claim: Option<Arc<Object>>,
    /// Whether the claim carries the mark of this restore.
    pub is_marked: bool,
    pub store: ValidStore,
    pub image: Image,
    /// Whose backup.
    pub of: Of,
    /// Id of the backup.
    pub id: String,
}

/// Why there is nothing to run.
enum Lack {
    Step(Box<Step>),
    Stop(Stop),
}

impl Lack {
    fn step(step: Step) -> Self {
        Self::Step(Box::new(step))
    }
}

/// All that a restore takes, or what is to be said where there is not all.
pub fn wants(context: &Context<'_>, round: &mut Round) -> Result<Result<Wants, Step>, Stop> {
    match find(context, round) {
        Ok(wants) => Ok(Ok(wants)),
        Err(Lack::Step(step)) => Ok(Err(*step)),
        Err(Lack::Stop(stop)) => Err(stop),
    }
}

fn find(context: &Context<'_>, round: &mut Round) -> Result<Wants, Lack> {
    let spec = judged(context.resource)?;
    let name = spec.bot_module.name.as_str();
    let claim = context.get(Kind::PersistentVolumeClaim, &names::module::claim(name))?;
    let mark = claim.as_deref().and_then(Mark::on);
    let is_marked = mark.is_some_and(|mark| mark.is_of(context.resource));
    let mut wait = |stop: Stop| lack(context, round, is_marked, stop);
    let (resource, module) = bot_module(context, name).map_err(&mut wait)?;
    let store = backup::resolve_store(context, "spec.s3Store", &spec.s3_store.name);
    let store = store.map_err(&mut wait)?;
    let pod_settings = PodSettings::from(&spec);
    let image = pod_settings.image(context).map_err(&mut wait)?;
    if image.is_own {
        store.check_signature("spec.s3Store").map_err(&mut wait)?;
    }
    let of = whose(context, &spec, &module);
    let id = match backup_id(context, round, &spec, &store, &of) {
        Ok(id) => id,
        Err(stop) => return Err(lack(context, round, is_marked, stop)),
    };
    end::choose(round, &id);
    Ok(Wants { spec, module, resource, claim, is_marked, store, image, of, id })
}

fn judged(resource: &Object) -> Result<BackupRestoreSpec, Invalid> {
    let spec: BackupRestoreSpec = validation::parse_spec(resource)?;
    DNS_NAME.check("spec.botModule.name", &spec.bot_module.name)?;
    DNS_NAME.check("spec.s3Store.name", &spec.s3_store.name)?;
    PodSettings::from(&spec).check()?;
    if let Some(id) = spec.backup_id.as_deref().filter(|id| !is_id(id)) {
        let why = format!(
            "is {id:?}: it is the <uuid> of the object key <prefix><namespace>/<moduleName>/<uuid>.tar.gz, without folders and ending"
        );
        return Err(Invalid::new("spec.backupId", why));
    }
    let from = spec.from.clone().unwrap_or_default();
    let parts = [("spec.from.namespace", from.namespace), ("spec.from.module", from.module)];
    for (field, part) in parts {
        if let Some(part) =
            part.filter(|part| part.contains('/') || [".", "..", ""].contains(&part.as_str()))
        {
            let why = format!("is {part:?}: it is one folder of the object key, without '/'");
            return Err(Invalid::new(field, why));
        }
    }
    Ok(spec)
}

fn bot_module(context: &Context<'_>, name: &str) -> Result<(Arc<Object>, ValidModule), Stop> {
    const FIELD: &str = "spec.botModule";
    let refused =
        |reason: Reason, why: String| Stop::because_of(FIELD, reason, format!("{FIELD}: {why}"));
    let resource = context.get(Kind::BotModule, name)?;
    let Some(resource) = resource.filter(|resource| !resource.is_being_deleted()) else {
        let why = format!("there is no BotModule {name} in namespace {}", context.namespace());
        return Err(refused(reasons::BOT_MODULE_NOT_FOUND, why));
    };
    let module = ValidModule::validate(&resource).map_err(|invalid| {
        let why = format!("BotModule {name} cannot be rendered: {}", invalid.message);
        refused(reasons::BOT_MODULE_NOT_FOUND, why)
    })?;
    if module.claim.is_none() {
        let why = format!("BotModule {name} has no persistentVolumeClaim to restore into");
        return Err(refused(reasons::INVALID_SPEC, why));
    }
    Ok((resource, module))
}

/// Keys carry namespace and moduleName: so data moves.
fn whose(context: &Context<'_>, spec: &BackupRestoreSpec, module: &ValidModule) -> Of {
    let own = names::module::called(module.spec.module_name.as_deref(), &spec.bot_module.name);
    let from = spec.from.clone().unwrap_or_default();
    Of {
        namespace: from.namespace.unwrap_or_else(|| context.namespace().to_owned()),
        module: from.module.unwrap_or_else(|| own.to_owned()),
    }
}

fn backup_id(
    context: &Context<'_>,
    round: &mut Round,
    spec: &BackupRestoreSpec,
    store: &ValidStore,
    of: &Of,
) -> Result<String, Stop> {
    // What was chosen is kept: while it waits, a newer one may come.
    let chosen = spec.backup_id.as_deref().or_else(|| end::backup_id(context));
    if let Some(id) = chosen.filter(|id| is_id(id)) {
        return Ok(id.to_owned());
    }
    let target = context.reference(Kind::S3Store, &store.name);
    let question = Question::Newest(store.door.clone(), of.clone());
    match round.question(context, target, question)? {
        Fact::Newest(Some(id)) => Ok(id),
        Fact::Unusable(why) => {
            let why = format!("S3Store {} is not ready: {why}", store.name);
            Err(Stop::refused(reasons::S3_STORE_NOT_READY, why))
        }
        Fact::Newest(None) | Fact::Usable | Fact::Users(_) => {
            let folder = of.folder(&store.door.prefix);
            let why = format!(
                "there is no backup under {folder} in bucket {}: back the module up first, or say whose backup it is in spec.from",
                store.door.bucket
            );
            Err(Stop::refused(reasons::NO_BACKUPS_FOUND, why))
        }
    }
}

/// What becomes of a restore that cannot be run. Once its mark is on a claim, it ends rather than to let
/// the module stand still.
fn lack(context: &Context<'_>, round: &mut Round, is_marked: bool, stop: Stop) -> Lack {
    let Stop::Refused { ready, .. } = stop else { return Lack::Stop(stop) };
    let is_final = [reasons::INVALID_SPEC, reasons::NO_BACKUPS_FOUND].contains(&ready.reason);
    if ready.reason == reasons::S3_STORE_NOT_READY && !is_marked && store_is_new(context) {
        return Lack::step(Step::Stay(Ready::new(reasons::PENDING, ready.message)));
    }
    match patience_ends(context).filter(|_| !is_final && !is_marked) {
        Some(end) => {
            round.look_again(end);
            let message = format!("{}; that is waited for until {}", ready.message, time(end));
            Lack::step(Step::Stay(Ready::new(reasons::PENDING, message)))
        }
        None => Lack::step(Step::Over(RestoreEnd::of(ready.reason, ready.message))),
    }
}

/// Whether nobody has looked at the store yet: that is no reason to give up, however old the restore is.
fn store_is_new(context: &Context<'_>) -> bool {
    let name = context.resource.text("/spec/s3Store/name").unwrap_or_default();
    let store = context.get(Kind::S3Store, name).ok().flatten();
    store.is_some_and(|store| live_condition(&store, types::READY).is_none())
}

/// Until when what is missing may come. None when that time is over.
fn patience_ends(context: &Context<'_>) -> Option<Timestamp> {
    let created = context.resource.text("/metadata/creationTimestamp")?;
    let end = created.parse::<Timestamp>().ok()?.checked_add(PATIENCE).ok()?;
    (context.source.now() < end).then_some(end)
}

impl Wants {
    /// The claim with what its pods are like.
    pub fn data<'a>(&'a self, context: &Context<'_>) -> Result<Option<Data<'a>>, Stop> {
        let (name, spec) = (self.spec.bot_module.name.as_str(), &self.module.spec);
        let claim = self.module.claim.as_ref();
        claim.map(|claim| Data::read(context, name, spec, claim)).transpose()
    }
}

impl From<Stop> for Lack {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Invalid> for Lack {
    fn from(invalid: Invalid) -> Self {
        Self::step(Step::Over(RestoreEnd::of(reasons::INVALID_SPEC, invalid.message)))
    }
}
