//! The kinds that the operator knows, one row each: whatever is true of a kind stands here.

mod kept;
mod shown;

pub use kept::{Keeps, Part};
pub use shown::Shown;

use crate::crd;
use crate::fields::keys::{self, Shape};
use crate::names::module;
use serde_json::Value;
use std::fmt;

/// Who makes the objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// People, or their tools. The operator writes the status alone.
    User,
    Operator,
    /// Controllers of Kubernetes, out of what the operator makes.
    Cluster,
}

/// What the operator does while the cluster does not serve a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// It waits until the kind is served.
    Waits,
    /// All that does not depend on the kind.
    GoesOn,
}

/// Which objects of a kind the running operator keeps in memory.
#[derive(Clone, Copy)]
pub enum Cached {
    /// Every object.
    All,
    /// Those with such a name. They are not selected by label: those that the former operator made
    /// may never get one.
    Named(fn(&str) -> bool),
    /// Those that the operator has labelled, and what the cluster made of them. What is not in the
    /// cache may be there all the same.
    Labelled,
    /// The names alone. An object is read when it is asked for, and kept for as long as somebody
    /// asks.
    Names,
}

/// What is true of one kind.
#[allow(clippy::struct_excessive_bools, reason = "each is true of a kind by itself")]
pub struct Row {
    kind: Kind,
    /// The `kind` of a manifest.
    name: &'static str,
    /// The `apiVersion` of a manifest.
    api_version: &'static str,
    /// The name in lowercase.
    singular: &'static str,
    /// The last part of the URL.
    plural: &'static str,
    made_by: Maker,
    without_it: Without,
    /// Whether a status is written apart from the rest.
    has_status: bool,
    /// Whether the API server counts changes of the spec.
    has_generation: bool,
    cached: Cached,
    keeps: Keeps,
    /// What of an object an overview shows.
    shows: Shown,
    /// Where the template of the pods stands that the cluster makes of an object.
    pod_template: Option<&'static str>,
    /// The fields by which the objects that refer to something are looked up.
    indexed: &'static [&'static str],
    /// Whether objects are looked up by the uid of their controller.
    owned: bool,
    /// Whether a bot has so many that they are taken one at a time, and what is only to be told of
    /// one waits until the rest is done.
    many: bool,
    /// Whether the values of an object are nobody else's business.
    secret: bool,
    /// Fields of the spec that controllers of the cluster fill in after the object is made.
    filled_in: &'static [&'static str],
    /// How the fields of an object are merged and compared.
    shape: &'static Shape,
}

/// A field by which objects of a kind are looked up: those that name something in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Index {
    kind: Kind,
    field: &'static str,
}

const WANTS_API_TOKEN: &str = "/spec/mountOperatorApiToken";
const BACKED_UP_BY: &str = "/spec/backupSchedule/name";
const RESTORES: &str = "/spec/botModule/name";
const MODULE_NAME: &str = "/spec/moduleName";

impl Index {
    /// BotModules, by whether they ask for the operator's API token.
    pub const WANTS_API_TOKEN: Self = Self { kind: Kind::BotModule, field: WANTS_API_TOKEN };

    /// BotModules, by the BackupSchedule that they name.
    pub const BACKED_UP_BY: Self = Self { kind: Kind::BotModule, field: BACKED_UP_BY };
    /// BotModules, by the logical name that they set.
    pub const MODULE_NAME: Self = Self { kind: Kind::BotModule, field: MODULE_NAME };
    /// BackupRestores, by the BotModule that they name.
    pub const RESTORES: Self = Self { kind: Kind::BackupRestore, field: RESTORES };

    /// The indexes of a kind.
    pub fn of(kind: Kind) -> impl Iterator<Item = Self> {
        kind.row().indexed.iter().map(move |field| Self { kind, field })
    }

    /// The kind of what is found.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Path of the field.
    pub fn field(self) -> &'static str {
        self.field
    }
}

/// What most custom resources have in common.
const CUSTOM: Row = Row {
    kind: Kind::BotModule,
    name: "",
    api_version: crd::API_VERSION,
    singular: "",
    plural: "",
    made_by: Maker::User,
    without_it: Without::Waits,
    has_status: true,
    has_generation: true,
    cached: Cached::All,
    keeps: Keeps::Whole,
    shows: Shown::All,
    pod_template: None,
    indexed: &[],
    owned: false,
    many: false,
    secret: false,
    filled_in: &[],
    shape: &keys::OTHER,
};

/// What most objects that the operator makes have in common.
const CHILD: Row = Row {
    api_version: "v1",
    made_by: Maker::Operator,
    has_generation: false,
    cached: Cached::Labelled,
    ..CUSTOM
};

/// Makes the enum and the table out of one row for each kind, so that none can lack the other.
macro_rules! kinds {
    ($($kind:ident { $($field:ident: $value:expr,)* ..$base:expr })*) => {
        /// The kinds that the operator reads or writes. The order is that of dependencies, as far as
        /// one custom resource names another, and that of printing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($kind,)*
        }

        static ROWS: &[Row] = &[
            $(Row { kind: Kind::$kind, name: stringify!($kind), $($field: $value,)* ..$base },)*
        ];
    };
}

kinds! {
    S3Store {
        singular: "s3store",
        plural: "s3stores",
        without_it: Without::GoesOn,
        ..CUSTOM
    }
    IpcConfig {
        singular: "ipcconfig",
        plural: "ipcconfigs",
        ..CUSTOM
    }
    BotModule {
        singular: "botmodule",
        plural: "botmodules",
        shows: shown::MODULE,
        many: true,
        indexed: &[WANTS_API_TOKEN, BACKED_UP_BY, MODULE_NAME],
        ..CUSTOM
    }
    BackupSchedule {
        singular: "backupschedule",
        plural: "backupschedules",
        without_it: Without::GoesOn,
        ..CUSTOM
    }
    BackupRestore {
        singular: "backuprestore",
        plural: "backuprestores",
        without_it: Without::GoesOn,
        indexed: &[RESTORES],
        ..CUSTOM
    }
    Secret {
        singular: "secret",
        plural: "secrets",
        has_status: false,
        cached: Cached::Names,
        secret: true,
        shape: &keys::SECRET,
        ..CHILD
    }
    PersistentVolumeClaim {
        singular: "persistentvolumeclaim",
        plural: "persistentvolumeclaims",
        cached: Cached::Named(module::is_claim),
        filled_in: &["volumeName"],
        shape: &keys::CLAIM,
        ..CHILD
    }
    ConfigMap {
        singular: "configmap",
        plural: "configmaps",
        has_status: false,
        shape: &keys::DATA,
        ..CHILD
    }
    Service {
        singular: "service",
        plural: "services",
        keeps: Keeps::WithoutStatus,
        shape: &keys::SERVICE,
        ..CHILD
    }
    Deployment {
        api_version: "apps/v1",
        singular: "deployment",
        plural: "deployments",
        has_generation: true,
        pod_template: Some("/spec/template"),
        keeps: Keeps::Parts(&kept::DEPLOYMENT),
        shape: &keys::WORKLOAD,
        ..CHILD
    }
    PodDisruptionBudget {
        api_version: "policy/v1",
        singular: "poddisruptionbudget",
        plural: "poddisruptionbudgets",
        has_generation: true,
        keeps: Keeps::WithoutStatus,
        shape: &keys::BUDGET,
        ..CHILD
    }
    CronJob {
        api_version: "batch/v1",
        singular: "cronjob",
        plural: "cronjobs",
        has_generation: true,
        pod_template: Some("/spec/jobTemplate/spec/template"),
        owned: true,
        keeps: Keeps::Parts(&kept::CRON_JOB),
        shape: &keys::CRON_JOB,
        ..CHILD
    }
    Job {
        api_version: "batch/v1",
        singular: "job",
        plural: "jobs",
        has_generation: true,
        pod_template: Some("/spec/template"),
        owned: true,
        keeps: Keeps::Parts(&kept::JOB),
        shape: &keys::JOB,
        ..CHILD
    }
    ReplicaSet {
        api_version: "apps/v1",
        singular: "replicaset",
        plural: "replicasets",
        made_by: Maker::Cluster,
        owned: true,
        has_generation: true,
        keeps: Keeps::Parts(&kept::REPLICA_SET),
        shape: &keys::WORKLOAD,
        ..CHILD
    }
    Pod {
        singular: "pod",
        plural: "pods",
        shows: shown::POD,
        made_by: Maker::Cluster,
        owned: true,
        has_generation: true,
        keeps: Keeps::Parts(&kept::POD),
        shape: &keys::POD,
        ..CHILD
    }
}

impl Kind {
    /// Every kind, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.kind)
    }

    /// The custom resources, in order.
    pub fn custom() -> impl Iterator<Item = Self> {
        Self::all().filter(|kind| kind.is_custom())
    }

    /// The kinds whose objects are watched and kept, those of which names alone are kept apart.
    pub fn cached() -> impl Iterator<Item = Self> {
        let is_kept = |kind: &Self| !matches!(kind.caching(), Cached::Names);
        Self::all().filter(is_kept)
    }

    fn row(self) -> &'static Row {
        // Both are made of the same list.
        &ROWS[self as usize]
    }

    /// The `kind` of a manifest.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The `apiVersion` of a manifest.
    pub fn api_version(self) -> &'static str {
        self.row().api_version
    }

    /// The name in lowercase, as kubectl and metrics use it.
    pub fn singular(self) -> &'static str {
        self.row().singular
    }

    /// The last part of a kind's URL.
    pub fn plural(self) -> &'static str {
        self.row().plural
    }

    /// Whether this is a custom resource of the operator's own group.
    pub fn is_custom(self) -> bool {
        self.api_version() == crd::API_VERSION
    }

    /// Whether nothing is done at all before the cluster serves the kind. Without another, all that does
    /// not depend on it is done.
    pub fn is_needed(self) -> bool {
        matches!(self.row().without_it, Without::Waits)
    }

    /// Who makes the objects.
    pub fn made_by(self) -> Maker {
        self.row().made_by
    }

    /// Whether a status is written apart from the rest.
    pub fn has_status(self) -> bool {
        self.row().has_status
    }

    /// Whether the API server counts changes of the spec.
    pub fn has_generation(self) -> bool {
        self.row().has_generation
    }

    /// Which objects are kept in memory.
    pub fn caching(self) -> Cached {
        self.row().cached
    }

    /// What of an object is kept.
    pub fn keeps(self) -> Keeps {
        self.row().keeps
    }

    /// What of an object an overview shows.
    pub fn shows(self) -> Shown {
        self.row().shows
    }

    /// Where the template of the pods stands that the cluster makes of an object.
    pub fn pod_template(self) -> Option<&'static str> {
        self.row().pod_template
    }

    /// Where the annotations of that template stand.
    pub fn template_annotations(self) -> Option<String> {
        self.pod_template().map(|template| format!("{template}/metadata/annotations"))
    }

    /// Whether objects are looked up by the uid of their controller.
    pub fn is_owned(self) -> bool {
        self.row().owned
    }

    /// Whether a bot has so many that they are taken one at a time, and what is only to be told of
    /// one waits until the rest is done.
    pub fn is_many(self) -> bool {
        self.row().many
    }

    /// Whether the values of an object are nobody else's business.
    pub fn is_secret(self) -> bool {
        self.row().secret
    }

    /// Fields of the spec that controllers of the cluster fill in after the object is made.
    pub fn filled_in(self) -> &'static [&'static str] {
        self.row().filled_in
    }

    /// How the fields of an object are merged and compared.
    pub fn shape(self) -> &'static Shape {
        self.row().shape
    }

    /// The kind that a manifest's `apiVersion` and `kind` name, if it is one of these. The kinds
    /// of custom resources are known in any casing: CRDs up to 2.4.3 are served in lowercase.
    pub fn of(api_version: &str, kind: &str) -> Option<Self> {
        Self::all().find(|candidate| {
            candidate.api_version() == api_version
                && (candidate.name() == kind
                    || candidate.is_custom() && candidate.name().eq_ignore_ascii_case(kind))
        })
    }
}

/// The shape of an object or of a part of one, by the `kind` in it.
pub fn shape_of(manifest: &Value) -> &'static Shape {
    let name = manifest.get("kind").and_then(Value::as_str);
    let row = name.and_then(|name| ROWS.iter().find(|row| row.name == name));
    row.map_or(&keys::OTHER, |row| row.shape)
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_go_together() {
        for kind in Kind::all() {
            assert_eq!(kind.singular(), kind.name().to_lowercase());
            assert_eq!(kind.plural(), format!("{}s", kind.singular()));
            assert_eq!(Kind::of(kind.api_version(), kind.name()), Some(kind));
        }
    }
}
