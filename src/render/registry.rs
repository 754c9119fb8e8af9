//! The kinds of custom resources that are rendered: one row each.

use super::resource::Renderer;
use super::{backup_restore, backup_schedule, bot_module, ipc_config, s3_store};
use crate::kinds::Kind;
use crate::object::ObjectRef;

/// Each is a file or a folder, and a row here.
static RENDERERS: [&Renderer; 5] = [
    &s3_store::RENDERER,
    &ipc_config::RENDERER,
    &bot_module::RENDERER,
    &backup_schedule::RENDERER,
    &backup_restore::RENDERER,
];

/// The kinds of custom resources that are rendered.
pub fn kinds() -> impl Iterator<Item = Kind> {
    RENDERERS.iter().map(|renderer| renderer.kind)
}

/// Whether custom resources of a kind are rendered.
pub fn is_rendered(kind: Kind) -> bool {
    of(kind).is_some()
}

/// How a kind is rendered, if it is.
pub fn of(kind: Kind) -> Option<&'static Renderer> {
    RENDERERS.into_iter().find(|renderer| renderer.kind == kind)
}

/// Whether other resources go by condition Ready of a kind.
pub fn is_awaited(kind: Kind) -> bool {
    of(kind).is_some_and(|renderer| renderer.is_awaited)
}

/// Why nothing is shown of resources of a kind where there is no cluster.
pub fn needs_cluster(kind: Kind) -> Option<&'static str> {
    of(kind)?.needs_cluster
}

/// The Deployment whose pods a resource stands for.
pub fn workload(resource: &ObjectRef) -> Option<ObjectRef> {
    of(resource.kind)?.workload_of(resource)
}
