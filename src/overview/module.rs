//! One BotModule.

use super::backups::Backups;
use super::judge::{self, text};
use super::node::Module;
use super::pods::Restarts;
use crate::crd;
use crate::crd::conditions::types;
use crate::object::Object;
use serde_json::Value;

/// How a module is.
pub fn module(object: &Object, restarts: &Restarts, backups: &Backups<'_>) -> Module {
    let enabled = object.at("/spec/enabled") != Some(&Value::Bool(false));
    let name = object.reference().name.as_str();
    let image = object.text("/status/image").filter(|image| !image.is_empty() && enabled);
    let image = image.or(object.text("/spec/image"));
    Module {
        resource: judge::resource(object),
        module_name: text(object.at("/spec/moduleName")).filter(|other| other != name),
        enabled,
        wanted: if enabled { object.number("/spec/size").unwrap_or(1) } else { 0 },
        replicas_ready: object.number("/status/readyReplicas").unwrap_or(0),
        tag: image.and_then(crd::tag).map(str::to_owned),
        image: image.map(str::to_owned),
        restarts: restarts.of_module(name),
        pod: restarts.newest_pod(name),
        config: judge::state(object, types::CONFIG_VALID),
        claim: judge::state(object, types::CLAIM_READY),
        backup: backups.of_module(object),
        restored_by: text(object.at("/status/restoredBy")),
    }
}
