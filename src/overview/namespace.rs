//! The bot of one namespace: which module belongs under which IpcConfig.

use super::backups::{self, Backups};
use super::node::{IpcConfig, Module, Namespace};
use super::pods::Restarts;
use super::{Level, ipc_config, level, module};
use crate::kinds::Kind;
use crate::object::Object;
use crate::snapshot::NotKnown;
use crate::source::Source;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The bot of a namespace. None where it has none.
pub fn namespace(source: &dyn Source, name: &str) -> Option<Namespace> {
    // A kind that is not served has no objects, and one that cannot be listed is said to be unread.
    let all = |kind| source.list(kind, name).unwrap_or_default();
    let schedules = all(Kind::BackupSchedule);
    let restarts = Restarts::read(source, name);
    let (ipc_configs, modules) = tree(source, name, &restarts, &Backups::of(&schedules));
    let namespace = Namespace {
        ipc_configs,
        modules,
        s3_stores: backups::stores(&all(Kind::S3Store)),
        backup_schedules: backups::schedules(&schedules),
        backup_restores: backups::restores(&all(Kind::BackupRestore)),
        ..Namespace::new(name)
    };
    let is_there = namespace.levels().next().is_some();
    is_there.then_some(namespace)
}

/// The IpcConfigs with their modules, and the modules that have none.
fn tree(
    source: &dyn Source,
    namespace: &str,
    restarts: &Restarts,
    backups: &Backups<'_>,
) -> (Vec<IpcConfig>, Vec<Module>) {
    let listed = source.list(Kind::IpcConfig, namespace);
    let absent = |name: &str| match &listed {
        Ok(_) => ipc_config::missing(namespace, name),
        Err(NotKnown) => ipc_config::unread(name),
    };
    let objects = listed.as_deref().unwrap_or_default();
    let of = |object: &Arc<Object>| ipc_config::ipc_config(source, object, restarts);
    let mut by_name: BTreeMap<String, IpcConfig> =
        objects.iter().map(|object| (object.reference().name.clone(), of(object))).collect();
    let mut alone = Vec::new();
    let place = &mut |object: &Object| {
        let module = module::module(object, restarts, backups);
        let name = object.text("/spec/ipcConfig").filter(|name| !name.is_empty());
        if let Some(name) = name {
            let parent = by_name.entry(name.to_owned()).or_insert_with(|| absent(name));
            parent.modules.push(module);
        } else {
            alone.push(module);
        }
    };
    // Modules that cannot be listed are said to be unread.
    let _ = source.visit(Kind::BotModule, namespace, place);
    let mut ipc_configs: Vec<IpcConfig> = by_name.into_values().collect();
    for one in &mut ipc_configs {
        sort(&mut one.modules);
    }
    sort(&mut alone);
    let worst: Vec<Level> = ipc_configs.iter().map(IpcConfig::worst).collect();
    let mut ranked: Vec<(Level, IpcConfig)> = worst.into_iter().zip(ipc_configs).collect();
    level::worst_first(&mut ranked, |(level, one)| (*level, &one.resource.name));
    (ranked.into_iter().map(|(_, one)| one).collect(), alone)
}

fn sort(modules: &mut [Module]) {
    level::worst_first(modules, |module| (module.resource.level, &module.resource.name));
}
