//! The claim of the module, and room for what is copied on the way.

use super::task::{Data, Run};
use crate::names::module;
use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, EphemeralVolumeSource, PersistentVolumeClaimSpec,
    PersistentVolumeClaimTemplate, PersistentVolumeClaimVolumeSource, Volume, VolumeMount,
    VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

/// Where there is room. A drill restores into it.
pub const SCRATCH_PATH: &str = "/tmp";

const DATA: &str = "module-data";
const SCRATCH: &str = "scratch";
const STORAGE: &str = "storage";

/// The volumes of a pod.
pub fn volumes(run: &Run<'_>) -> Vec<Volume> {
    let data = run.task.mounts().then(|| Volume {
        name: DATA.to_owned(),
        // A source that is read-only would be attached so: `readOnly` stands on the mount.
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: module::claim(run.data.module),
            ..PersistentVolumeClaimVolumeSource::default()
        }),
        ..Volume::default()
    });
    data.into_iter().chain([scratch(run)]).collect()
}

/// Where the container finds them.
pub fn mounts(run: &Run<'_>) -> Vec<VolumeMount> {
    let mount = |name: &str, path: &str| VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        ..VolumeMount::default()
    };
    let data = run.task.mounts().then(|| VolumeMount {
        read_only: (!run.task.restores()).then_some(true),
        ..mount(DATA, &run.data.spec.volume_mount_path)
    });
    data.into_iter().chain([mount(SCRATCH, SCRATCH_PATH)]).collect()
}

fn scratch(run: &Run<'_>) -> Volume {
    let named = Volume { name: SCRATCH.to_owned(), ..Volume::default() };
    match run.wishes.scratch {
        Some(scratch) => Volume {
            ephemeral: Some(EphemeralVolumeSource {
                volume_claim_template: Some(PersistentVolumeClaimTemplate {
                    spec: filled(scratch.spec.clone(), run.data),
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

/// A claim that says nothing of its size is as large as the module's.
fn filled(mut claim: PersistentVolumeClaimSpec, data: &Data<'_>) -> PersistentVolumeClaimSpec {
    if claim.access_modes.as_ref().is_none_or(Vec::is_empty) {
        claim.access_modes = Some(vec!["ReadWriteOnce".to_owned()]);
    }
    claim
        .resources
        .get_or_insert_with(VolumeResourceRequirements::default)
        .requests
        .get_or_insert_with(BTreeMap::new)
        .entry(STORAGE.to_owned())
        .or_insert_with(|| Quantity(data.size().to_owned()));
    claim
}
