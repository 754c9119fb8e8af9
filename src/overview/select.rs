//! One resource of an overview, with what it belongs to.

use super::node::{IpcConfig, Module, Namespace, Overview};
use crate::kinds::Kind;
use crate::object::ObjectRef;
use strsim::jaro_winkler;

/// How alike names are that may be mistaken for each other, from 0 to 1.
const ALIKE: f64 = 0.75;

/// A resource alone: a module under its IpcConfig and with its backups, an IpcConfig with its modules. None where there
/// is no such resource.
pub fn only(overview: &Overview, at: &ObjectRef) -> Option<Overview> {
    let all = overview.namespaces.iter().find(|namespace| namespace.name == at.namespace)?;
    let mut kept = Namespace::new(at.namespace.as_str());
    kept.ipc_configs = all.ipc_configs.iter().filter_map(|one| part(one, at)).collect();
    kept.modules = modules(&all.modules, at);
    let module = kept.every_module().next().cloned().filter(|_| at.kind == Kind::BotModule);
    let schedule = module.as_ref().and_then(|module| Some(&module.backup.as_ref()?.schedule));
    kept.backup_schedules = all
        .backup_schedules
        .iter()
        .filter(|one| {
            is(Kind::BackupSchedule, &one.resource.name, at) || Some(&one.resource.name) == schedule
        })
        .cloned()
        .collect();
    let stores: Vec<&String> =
        kept.backup_schedules.iter().filter_map(|one| one.s3_store.as_ref()).collect();
    kept.s3_stores = all
        .s3_stores
        .iter()
        .filter(|one| {
            is(Kind::S3Store, &one.resource.name, at) || stores.contains(&&one.resource.name)
        })
        .cloned()
        .collect();
    let of_module = module.as_ref().map(|module| &module.resource.name);
    kept.backup_restores = all
        .backup_restores
        .iter()
        .filter(|one| {
            is(Kind::BackupRestore, &one.resource.name, at)
                || of_module.is_some() && one.module.as_ref() == of_module
        })
        .cloned()
        .collect();
    let names = kept.names();
    let is_there = names.iter().any(|(kind, name)| *kind == at.kind && *name == at.name);
    is_there.then(|| Overview { unread: overview.unread.clone(), ..Overview::of(vec![kept]) })
}

fn part(one: &IpcConfig, at: &ObjectRef) -> Option<IpcConfig> {
    if is(Kind::IpcConfig, &one.resource.name, at) && !one.missing {
        return Some(one.clone());
    }
    let modules = modules(&one.modules, at);
    (!modules.is_empty()).then(|| IpcConfig { modules, ..one.clone() })
}

fn modules(all: &[Module], at: &ObjectRef) -> Vec<Module> {
    all.iter().filter(|one| is(Kind::BotModule, &one.resource.name, at)).cloned().collect()
}

fn is(kind: Kind, name: &str, at: &ObjectRef) -> bool {
    kind == at.kind && name == at.name
}

/// What may have been meant by a resource that is not there: one of its kind with a name that is alike, or one of its
/// name of another kind.
pub fn near(overview: &Overview, at: &ObjectRef) -> Option<ObjectRef> {
    let mut best = None;
    for namespace in overview.namespaces.iter().filter(|one| one.name == at.namespace) {
        for (kind, name) in namespace.names() {
            let likeness = if kind == at.kind {
                jaro_winkler(name, &at.name)
            } else if name == at.name {
                ALIKE
            } else {
                0.0
            };
            if likeness >= ALIKE && best.as_ref().is_none_or(|(other, _)| likeness > *other) {
                best = Some((likeness, ObjectRef::new(kind, at.namespace.as_str(), name)));
            }
        }
    }
    best.map(|(_, found)| found)
}

impl Namespace {
    fn every_module(&self) -> impl Iterator<Item = &Module> {
        self.ipc_configs.iter().flat_map(|one| &one.modules).chain(&self.modules)
    }

    /// Every resource that is there, as kind and name.
    fn names(&self) -> Vec<(Kind, &str)> {
        let ipc_configs = self.ipc_configs.iter().filter(|one| !one.missing);
        let mut names: Vec<(Kind, &str)> =
            ipc_configs.map(|one| (Kind::IpcConfig, one.resource.name.as_str())).collect();
        names.extend(self.every_module().map(|one| (Kind::BotModule, one.resource.name.as_str())));
        names.extend(self.s3_stores.iter().map(|one| (Kind::S3Store, one.resource.name.as_str())));
        let schedules = self.backup_schedules.iter();
        names.extend(schedules.map(|one| (Kind::BackupSchedule, one.resource.name.as_str())));
        let restores = self.backup_restores.iter();
        names.extend(restores.map(|one| (Kind::BackupRestore, one.resource.name.as_str())));
        names
    }
}
