//! Claims and mounts, of modules and of the Jobs that work on their data.

use crate::names;
use crate::object::Object;
use k8s_openapi::api::core::v1::{
    PersistentVolumeClaimSpec, PersistentVolumeClaimVolumeSource, Volume, VolumeMount,
    VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde_json::Value;
use std::collections::BTreeMap;

/// Name of the volume with a module's data.
pub const DATA: &str = "module-data";
/// Name of the resource that a claim asks for.
pub const STORAGE: &str = "storage";
/// Storage request of a claim that names none.
pub const DEFAULT_SIZE: &str = "1Gi";
/// Where a live claim says how much it asks for.
pub const REQUEST: &str = "/spec/resources/requests/storage";

/// The volume with the data of a module.
pub fn data(module: &str) -> Volume {
    Volume {
        name: DATA.to_owned(),
        // A source that is read-only would be attached so: `readOnly` stands on the mount.
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: names::module::claim(module),
            ..PersistentVolumeClaimVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// Where a container finds a volume.
pub fn mount(volume: &str, path: &str) -> VolumeMount {
    VolumeMount { name: volume.to_owned(), mount_path: path.to_owned(), ..VolumeMount::default() }
}

/// A claim that one node uses and that asks for so much, where it says nothing else.
pub fn with_defaults(
    mut claim: PersistentVolumeClaimSpec,
    size: &str,
) -> PersistentVolumeClaimSpec {
    if claim.access_modes.as_ref().is_none_or(Vec::is_empty) {
        claim.access_modes = Some(vec!["ReadWriteOnce".to_owned()]);
    }
    claim
        .resources
        .get_or_insert_with(VolumeResourceRequirements::default)
        .requests
        .get_or_insert_with(BTreeMap::new)
        .entry(STORAGE.to_owned())
        .or_insert_with(|| Quantity(size.to_owned()));
    claim
}

/// How much a claim asks for.
pub fn request(claim: &PersistentVolumeClaimSpec) -> Option<&str> {
    let requests = claim.resources.as_ref()?.requests.as_ref()?;
    Some(requests.get(STORAGE)?.0.as_str())
}

/// The access modes of a claim. Where it is there, its own count: they cannot be changed.
pub fn modes<'a>(
    live: Option<&'a Object>,
    wanted: &'a PersistentVolumeClaimSpec,
) -> impl Iterator<Item = &'a str> {
    let live = live.and_then(|live| live.at("/spec/accessModes")?.as_array());
    let wanted = wanted.access_modes.iter().flatten().map(String::as_str);
    let wanted = live.is_none().then_some(wanted);
    live.into_iter().flatten().filter_map(Value::as_str).chain(wanted.into_iter().flatten())
}
