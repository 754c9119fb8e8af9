//! What is done to a restore.

use super::super::restores::Restore;
use super::process::Process;
use crate::cluster::shared_node;
use crate::place::Place;
use crate::story::killed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The process is killed.
    Kill,
    /// And so is each that follows it.
    KillEveryTry,
    DeletePod,
    DeleteRestore,
    /// The process does not live to hear of it.
    DeleteRestoreAndKill,
    /// The process is killed, and the operator before it can see that.
    KillAndKillOperator,
    /// The process is killed while the node hears of nothing.
    StopContainerd,
}

impl Deed {
    /// Does it. A process that was stopped goes on where it is to live.
    pub fn commit(self, place: Place, restore: &Restore, process: Process) {
        match self {
            Deed::Kill => process.kill(),
            Deed::KillEveryTry => kill_every_try(restore, process),
            Deed::DeletePod => delete(place, &["pods", "--selector=eevee.bot/backup-task=restore"]),
            Deed::DeleteRestore => delete(place, &[&restore.object()]),
            Deed::DeleteRestoreAndKill => {
                delete(place, &[&restore.object()]);
                process.kill();
            }
            Deed::KillAndKillOperator => {
                process.kill();
                killed::kill(place);
            }
            Deed::StopContainerd => {
                shared_node().kill_containerd();
                process.kill();
                shared_node().start_containerd();
            }
        }
        process.thaw();
    }
}

fn delete(place: Place, what: &[&str]) {
    place.kubectl(&[&["delete", "--wait=false"], what].concat()).success();
}

/// Until the Job gives up.
fn kill_every_try(restore: &Restore, first: Process) {
    first.kill();
    while restore.end().is_none() {
        if let Some(process) = Process::of_operator("restore") {
            process.kill();
        }
    }
}
