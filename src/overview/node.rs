//! What an overview holds. Times are as the cluster writes them: `2026-11-23T15:04:05Z`.

use super::{Level, level};
use serde::Serialize;

/// How bots are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The worst of all.
    pub level: Level,
    /// How many resources are how well.
    pub totals: Totals,
    /// The worst first.
    pub namespaces: Vec<Namespace>,
    /// What could not be read, and is therefore missing, said to be null, or old.
    pub unread: Vec<String>,
}

/// How many resources are how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    pub ok: usize,
    pub paused: usize,
    pub progressing: usize,
    pub unknown: usize,
    pub warning: usize,
    pub failed: usize,
}

/// The bot of one namespace. All lists have the worst first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    pub name: String,
    /// The worst of all in it.
    pub level: Level,
    pub ipc_configs: Vec<IpcConfig>,
    /// Modules that name no IpcConfig.
    pub modules: Vec<Module>,
    pub s3_stores: Vec<Store>,
    pub backup_schedules: Vec<Schedule>,
    pub backup_restores: Vec<Restore>,
}

/// What every resource has.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// `metadata.name`.
    pub name: String,
    /// How it is by itself, whatever the things are that belong to it.
    pub level: Level,
    /// Condition Ready. Null before the operator has said it.
    pub ready: Option<ReadyCondition>,
    /// What to do, in one sentence, where it is not well. That of the first of `problems`.
    pub advice: Option<String>,
    /// All that is not well, the worst first.
    pub problems: Vec<Problem>,
    /// It carries the annotation that stops all writes.
    pub paused: bool,
    /// Somebody has deleted it, and it has not gone yet.
    pub deleting: bool,
    /// When it was made.
    pub created: Option<String>,
}

/// Condition Ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadyCondition {
    /// True, False or Unknown.
    pub status: String,
    pub reason: String,
    pub message: String,
    /// Since when it has this status.
    pub since: Option<String>,
}

/// Something that is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    pub level: Level,
    /// Type of the condition that says so: Ready, ClaimReady and so on. Null where none does.
    pub condition: Option<String>,
    pub reason: String,
    pub message: String,
    /// What to do, in one sentence.
    pub advice: String,
}

impl Problem {
    /// One that no condition tells of.
    pub fn untold(level: Level, reason: &str, message: &str, advice: String) -> Self {
        let (reason, message) = (reason.to_owned(), message.to_owned());
        Self { level, condition: None, reason, message, advice }
    }
}

/// The state of a part, as a condition says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    pub level: Level,
    pub reason: String,
    pub message: String,
}

/// An IpcConfig, and the modules that name it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IpcConfig {
    #[serde(flatten)]
    pub resource: Resource,
    /// Modules name it, and it is not there.
    pub missing: bool,
    /// Null where it is missing.
    pub nats: Option<Nats>,
    /// Null where it is missing.
    pub token: Option<Token>,
    pub modules: Vec<Module>,
}

/// The NATS servers of an IpcConfig.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Nats {
    /// Whether the operator runs them. What follows is null where it does not.
    pub managed: bool,
    pub wanted: Option<i64>,
    /// Null, too, where the Deployment could not be read.
    pub ready: Option<i64>,
    pub image: Option<String>,
    pub tag: Option<String>,
    /// Of all containers of the pods that are there. Null, too, where pods could not be read.
    pub restarts: Option<i64>,
}

/// The token of NATS, without the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Name of its Secret.
    pub secret: String,
    /// Whether the Secret is there. Null where it could not be read.
    pub present: Option<bool>,
    /// When the Secret was made.
    pub created: Option<String>,
    /// The value of annotation `eevee.bot/rotate-token` that the token was last rotated for.
    pub rotated_for: Option<String>,
    /// When that was, where the Secret still tells.
    pub rotated: Option<String>,
}

/// A module.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Module {
    #[serde(flatten)]
    pub resource: Resource,
    /// Its logical name, where it is not that of the resource.
    pub module_name: Option<String>,
    /// False: its spec asks for no pods.
    pub enabled: bool,
    /// Replicas that the spec asks for. 0 where it is disabled.
    pub wanted: i64,
    /// Those that are ready.
    pub replicas_ready: i64,
    pub image: Option<String>,
    pub tag: Option<String>,
    /// Of all containers of the pods that are there. Null where pods could not be read.
    pub restarts: Option<i64>,
    /// Null where there is none, or pods could not be read.
    pub pod: Option<Pod>,
    /// Condition ConfigValid. Null without a configuration.
    pub config: Option<State>,
    /// Condition ClaimReady. Null without a claim.
    pub claim: Option<State>,
    /// Null where it names no BackupSchedule.
    pub backup: Option<Backup>,
    /// The BackupRestore for which it is stopped.
    pub restored_by: Option<String>,
}

/// The newest pod of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pod {
    pub name: String,
    pub ready: bool,
    /// Pending, Running, Succeeded, Failed or Unknown.
    pub phase: Option<String>,
    /// What a container waits for, or how one has ended.
    pub reason: Option<String>,
    pub created: Option<String>,
}

/// The backups of a module, as its BackupSchedule says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Name of the BackupSchedule.
    pub schedule: String,
    /// The last good one.
    pub last_success: Option<String>,
    pub last_failure: Option<String>,
    /// Why that one failed.
    pub failure: Option<String>,
    pub drill: Option<LastDrill>,
}

/// The last drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LastDrill {
    pub time: Option<String>,
    /// Succeeded, or Failed.
    pub result: String,
}

/// An S3Store.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Store {
    #[serde(flatten)]
    pub resource: Resource,
    pub bucket: Option<String>,
}

/// A BackupSchedule.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    #[serde(flatten)]
    pub resource: Resource,
    pub schedule: Option<String>,
    pub suspended: bool,
    /// Name of its S3Store.
    pub s3_store: Option<String>,
    /// The last good backup of whichever module.
    pub last_success: Option<String>,
    /// Modules that it backs up.
    pub modules: usize,
}

/// A BackupRestore.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restore {
    #[serde(flatten)]
    pub resource: Resource,
    /// Name of the BotModule.
    pub module: Option<String>,
    /// Id of the backup.
    pub backup: Option<String>,
    pub completed: Option<String>,
}

impl Overview {
    /// Of namespaces, whose levels are set by this.
    pub fn of(mut namespaces: Vec<Namespace>) -> Self {
        let mut totals = Totals::default();
        for namespace in &mut namespaces {
            namespace.level = namespace.levels().max().unwrap_or_default();
            namespace.levels().for_each(|level| totals.count(level));
        }
        level::worst_first(&mut namespaces, |namespace| (namespace.level, &namespace.name));
        let level = namespaces.iter().map(|namespace| namespace.level).max().unwrap_or_default();
        Self { level, totals, namespaces, unread: Vec::new() }
    }
}

impl Totals {
    /// Counts one more.
    pub fn count(&mut self, level: Level) {
        *match level {
            Level::Ok => &mut self.ok,
            Level::Paused => &mut self.paused,
            Level::Progressing => &mut self.progressing,
            Level::Unknown => &mut self.unknown,
            Level::Warning => &mut self.warning,
            Level::Failed => &mut self.failed,
        } += 1;
    }

    /// How many are so.
    pub fn of(&self, level: Level) -> usize {
        match level {
            Level::Ok => self.ok,
            Level::Paused => self.paused,
            Level::Progressing => self.progressing,
            Level::Unknown => self.unknown,
            Level::Warning => self.warning,
            Level::Failed => self.failed,
        }
    }
}

impl IpcConfig {
    /// The worst of itself and its modules.
    pub fn worst(&self) -> Level {
        let modules = self.modules.iter().map(|module| module.resource.level);
        modules.fold(self.resource.level, Level::max)
    }
}

impl Namespace {
    /// One in which nothing is.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Every resource of the namespace.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        let of_ipc = self.ipc_configs.iter().flat_map(|ipc| {
            std::iter::once(&ipc.resource).chain(ipc.modules.iter().map(|module| &module.resource))
        });
        of_ipc
            .chain(self.modules.iter().map(|module| &module.resource))
            .chain(self.s3_stores.iter().map(|store| &store.resource))
            .chain(self.backup_schedules.iter().map(|schedule| &schedule.resource))
            .chain(self.backup_restores.iter().map(|restore| &restore.resource))
    }

    /// The level of every resource of the namespace.
    pub fn levels(&self) -> impl Iterator<Item = Level> {
        self.resources().map(|resource| resource.level)
    }
}
