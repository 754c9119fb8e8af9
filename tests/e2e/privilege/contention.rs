//! Somebody else changes an object between the operator's look at it and what it does upon that. The API server says so, and
//! the operator reads the object again.

use super::backups;
use crate::audit;
use crate::bot::Bot;
use crate::cluster::{eventually, shared_node};
use crate::place::{LONG, Place};
use serde_json::json;

/// Enough to come in between, in most cases at once.
const CHANGES: u32 = 50;

/// Provokes it for each kind that is read by name in no other case. The claim of the module is one that wants to grow.
pub fn provoke(operator: Place, bot: &Bot, module: &str) {
    let claim = format!("{}-pvc", bot.deployment(module));
    backups::make_closed_store(bot.place);
    let objects = [
        ("eevee.bot/v1", "BotModule", "eevee.bot/botmodules", bot.module(module)),
        ("eevee.bot/v1", "IpcConfig", "eevee.bot/ipcconfigs", bot.ipc_config().to_owned()),
        ("eevee.bot/v1", "S3Store", "eevee.bot/s3stores", backups::CLOSED.to_owned()),
        (
            "eevee.bot/v1",
            "BackupSchedule",
            "eevee.bot/backupschedules",
            backups::SCHEDULE.to_owned(),
        ),
        ("eevee.bot/v1", "BackupRestore", "eevee.bot/backuprestores", backups::RESTORE.to_owned()),
        ("v1", "PersistentVolumeClaim", "persistentvolumeclaims", claim),
    ];
    for (api_version, kind, resource, name) in objects {
        let changes = changes(api_version, kind, bot.place, &name);
        eventually(&format!("the operator reads {kind} {name}"), LONG, || {
            apply(&changes);
            is_read(operator, resource, &name).then_some(())
        });
    }
}

/// Of a resource, each of these is answered in the status. For a claim any change will do.
fn changes(api_version: &str, kind: &str, place: Place, name: &str) -> String {
    let change = |number: u32| {
        let annotations = json!({ "eevee.bot/reconcile-requested": number.to_string() });
        let metadata = json!({ "name": name, "namespace": place.0, "annotations": annotations });
        json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata })
    };
    (0..CHANGES).map(|number| format!("---\n{}\n", change(number))).collect()
}

fn apply(changes: &str) {
    let apply = ["apply", "--server-side", "--field-manager=somebody", "--filename=-"];
    shared_node().kubectl(&apply, Some(changes)).success();
}

fn is_read(operator: Place, resource: &str, name: &str) -> bool {
    let mut requests = audit::requests(operator.0).into_iter();
    requests.any(|it| it.takes("get") && it.resource == resource && it.name == name)
}
