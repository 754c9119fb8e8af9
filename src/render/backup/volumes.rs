//! The claim of the module, and room for what is copied meanwhile.

use super::task::Run;
use crate::render::volume;
use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, EphemeralVolumeSource, PersistentVolumeClaimTemplate, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::path::Path;

/// Where there is room. A drill restores into it.
pub const SCRATCH_PATH: &str = "/tmp";
/// Where there is room if the module keeps its data there.
const OTHER_SCRATCH_PATH: &str = "/scratch";

const SCRATCH: &str = "scratch";

/// The volumes of a pod.
pub fn volumes(run: &Run<'_>) -> Vec<Volume> {
    let data = run.task.mounts().then(|| volume::data(run.data.module));
    data.into_iter().chain([scratch(run)]).collect()
}

/// Where the container finds them.
pub fn mounts(run: &Run<'_>) -> Vec<VolumeMount> {
    let data = run.task.mounts().then(|| VolumeMount {
        read_only: (!run.task.restores()).then_some(true),
        ..volume::mount(volume::DATA, &run.data.spec.volume_mount_path)
    });
    let scratch = moved_scratch(run).unwrap_or(SCRATCH_PATH);
    data.into_iter().chain([volume::mount(SCRATCH, scratch)]).collect()
}

/// Where the room is, if not where programs look for it by themselves: one mount would hide the other.
pub fn moved_scratch(run: &Run<'_>) -> Option<&'static str> {
    // Paths are compared without the slashes that add nothing.
    let is_taken = Path::new(&run.data.spec.volume_mount_path) == Path::new(SCRATCH_PATH);
    (run.task.mounts() && is_taken).then_some(OTHER_SCRATCH_PATH)
}

fn scratch(run: &Run<'_>) -> Volume {
    let named = Volume { name: SCRATCH.to_owned(), ..Volume::default() };
    match run.pod_settings.scratch {
        Some(scratch) => Volume {
            ephemeral: Some(EphemeralVolumeSource {
                volume_claim_template: Some(PersistentVolumeClaimTemplate {
                    // One that says nothing of its size is as large as the module's.
                    spec: volume::with_defaults(scratch.spec.clone(), run.data.size()),
                    metadata: None,
                }),
            }),
            ..named
        },
        None => Volume {
            empty_dir: Some(EmptyDirVolumeSource {
                size_limit: Some(Quantity(run.data.size().to_owned())),
                medium: None,
            }),
            ..named
        },
    }
}
