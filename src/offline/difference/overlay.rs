//! Files laid over a live cluster.

use crate::kinds::{Kind, Maker};
use crate::object::Object;
use crate::snapshot::ClusterSnapshot;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The live cluster with the custom resources of some files applied. Other objects of the files
/// count as there where the cluster has none of their name.
pub fn lay(
    live: &ClusterSnapshot,
    files: &ClusterSnapshot,
    notes: &mut Vec<String>,
) -> ClusterSnapshot {
    let mut laid = live.clone();
    for object in files.objects() {
        let reference = object.reference();
        match live.get(reference) {
            Ok(Some(there)) if reference.kind.is_custom() => {
                laid.insert(Arc::new(applied(there, object)));
            }
            Ok(None) if is_of_the_cluster(reference.kind) => {}
            Ok(None) => {
                if !reference.kind.is_custom() {
                    notes.push(format!(
                        "{reference} of the files is not on the cluster: it is taken to be there"
                    ));
                }
                laid.insert(Arc::clone(object));
            }
            Ok(Some(_)) => {}
            Err(_) => notes.push(format!(
                "{reference} could not be read from the cluster: nothing is said of it"
            )),
        }
    }
    laid
}

/// A live resource with what a file says of it. What else the cluster knows of it stays.
fn applied(live: &Object, file: &Object) -> Object {
    let mut applied = live.clone();
    let (old, new) = (live.at("/spec"), file.at("/spec"));
    let fields = applied.value_mut().as_object_mut();
    if let Some(fields) = fields.filter(|_| old != new) {
        fields.remove("spec");
        fields.extend(new.map(|spec| ("spec".to_owned(), spec.clone())));
        let next = live.generation().unwrap_or_default() + 1;
        fields["metadata"]["generation"] = next.into();
    }
    for name in ["labels", "annotations"] {
        let given = file.at(&format!("/metadata/{name}")).and_then(Value::as_object);
        if let Some(given) = given
            && let Some(metadata) =
                applied.value_mut().get_mut("metadata").and_then(Value::as_object_mut)
        {
            let there = metadata.entry(name).or_insert_with(|| Map::new().into());
            if let Some(there) = there.as_object_mut() {
                there.extend(given.clone());
            }
        }
    }
    applied
}

/// Whether nobody but the cluster's own controllers makes objects of a kind.
fn is_of_the_cluster(kind: Kind) -> bool {
    kind.made_by() == Maker::Cluster
}
