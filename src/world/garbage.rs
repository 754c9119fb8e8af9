//! The garbage collector.

use super::World;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef, Owner};
use crate::snapshot::{ClusterSnapshot, Observed};
use std::collections::BTreeSet;
use std::sync::Arc;

impl World {
    /// Deletes what every owner of is gone, until nothing is left to do. An owner of a kind that
    /// a snapshot does not hold, or that could not be read, is taken to be there.
    pub fn collect_garbage(&mut self) {
        // Each round takes at least one object, or is the last.
        for _ in 0..=self.snapshot.objects().count() {
            let uids: BTreeSet<&str> = self.snapshot.objects().filter_map(|o| o.uid()).collect();
            let garbage: Vec<Arc<Object>> = self
                .snapshot
                .objects()
                .filter(|object| !object.is_being_deleted() && object.owners().next().is_some())
                .filter(|object| {
                    object.owners().all(|owner| is_gone(&self.snapshot, &uids, object, &owner))
                })
                .map(Arc::clone)
                .collect();
            if garbage.is_empty() {
                return;
            }
            for object in &garbage {
                self.discard(object);
            }
        }
    }
}

fn is_gone(
    snapshot: &ClusterSnapshot,
    uids: &BTreeSet<&str>,
    object: &Object,
    owner: &Owner<'_>,
) -> bool {
    let Some(kind) = Kind::of(owner.api_version, owner.kind) else { return false };
    let reference = ObjectRef::new(kind, &*object.reference().namespace, owner.name);
    let is_unknown = matches!(snapshot.observe(&reference), Observed::Unknown);
    !owner.uid.is_empty() && !is_unknown && !uids.contains(owner.uid)
}
