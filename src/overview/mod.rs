//! How a bot is, at a glance: what `status` prints and the page shows, as data.
//!
//! [`overview`] is pure. It holds times and never ages, so that it changes when the cluster does and not with
//! the clock, and nothing of the environment, the configuration or the Secrets of modules.

mod advice;
mod backups;
mod ipc_config;
mod judge;
mod level;
mod module;
mod namespace;
mod node;
mod pods;
mod select;
pub mod text;

pub use advice::{AdviceRow, ROWS as ADVICE, advice, without_status};
pub use backups::Successes;
pub use judge::is_mild;
pub use level::Level;
pub use node::{
    Backup, IpcConfig, LastDrill, Module, Namespace, Nats, Overview, Pod, Problem, ReadyCondition,
    Resource, Restore, Schedule, State, Store, Token, Totals,
};
pub use select::{near, only};

use crate::kinds::Kind;
use crate::snapshot::ClusterSnapshot;
use crate::source::Source;
use std::collections::BTreeSet;

/// How all bots of a snapshot are.
pub fn overview(snapshot: &ClusterSnapshot) -> Overview {
    let custom = snapshot.objects().filter(|object| object.reference().kind.is_custom());
    let namespaces: BTreeSet<String> =
        custom.map(|object| object.reference().namespace.clone()).collect();
    let mut overview = overview_of(snapshot, &namespaces);
    let unlisted = snapshot.unlisted().map(every);
    overview.unread = unlisted.chain(snapshot.unknown().map(ToString::to_string)).collect();
    overview
}

/// All objects of a kind, where they cannot be read.
pub fn every(kind: Kind) -> String {
    format!("every {kind}")
}

/// How the bots of these namespaces are. Asks for the custom resources and the pods of each, for the Deployments
/// of NATS servers and for the Secrets of their tokens, of which it reads no value.
pub fn overview_of(source: &dyn Source, namespaces: &BTreeSet<String>) -> Overview {
    let bots = namespaces.iter().filter_map(|name| namespace::namespace(source, name));
    Overview::of(bots.collect())
}

/// The kinds of which [`overview_of`] asks for lists.
pub fn listed() -> impl Iterator<Item = Kind> {
    Kind::custom().chain([Kind::Pod])
}
