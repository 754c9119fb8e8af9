//! A live cluster as one file that renders the same and tells no secret.

mod digests;

use super::secrecy::Secrecy;
use crate::manifest;
use crate::object::Object;
use crate::snapshot::ClusterSnapshot;
use crate::trim::trim;
use std::sync::Arc;

/// A cluster, or a part of it, as YAML documents that `render -f` and the fixtures read. From them
/// the same actions are rendered as from the cluster, at the same time.
///
/// Every value of a Secret is a numbered mask, and so is a value that stands elsewhere.
pub fn snapshot_as_yaml(live: &ClusterSnapshot) -> String {
    let mut trimmed = live.clone();
    for object in live.objects() {
        let mut object = Object::clone(object);
        let kind = object.reference().kind;
        trim(object.value_mut(), kind);
        digests::take_off_word(kind, object.value_mut());
        trimmed.insert(Arc::new(object));
    }
    let secrecy = Secrecy::of(&[&trimmed]);
    let mut masked = secrecy.hide_all(&trimmed);
    digests::settle(&trimmed, &mut masked, &secrecy);
    let objects = masked.objects().map(|object| object.value().clone());
    manifest::objects_as_yaml([manifest::situation(&masked)].into_iter().chain(objects))
}
