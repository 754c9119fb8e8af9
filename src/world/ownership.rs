//! Whose fields are whose, where a file does not say.

use super::managers::{Identity, Managers};
use crate::fields::owned;
use crate::names::APPLIED_DIGEST;
use crate::object::Object;
use jiff::Timestamp;
use serde_json::Value;

/// Annotations that the cluster's own controllers and `kubectl rollout restart` write.
const ANNOTATIONS_OF_OTHERS: [&str; 2] = ["deployment.kubernetes.io/", "kubectl.kubernetes.io/"];

/// Makes the operator the owner of an object that it has applied, where the object does not say
/// whose fields are whose.
pub(super) fn own_what_was_applied(object: &mut Object, now: Timestamp) {
    let is_applied = object.annotation(APPLIED_DIGEST).is_some();
    if !is_applied || object.at("/metadata/managedFields").is_some() {
        return;
    }
    let mut applied = object.value().clone();
    if let Some(fields) = applied.as_object_mut() {
        fields.remove("status");
    }
    let kind = object.reference().kind;
    let of_object = "/metadata/annotations".to_owned();
    for pointer in [of_object].into_iter().chain(kind.template_annotations()) {
        if let Some(annotations) = applied.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            annotations.retain(|key, _| {
                !ANNOTATIONS_OF_OTHERS.iter().any(|prefix| key.starts_with(prefix))
            });
        }
    }
    let mut managers = Managers::default();
    managers.put(
        &Identity::applier(object.reference()),
        owned::fields_of(&applied, kind.shape()),
        now,
    );
    if let Some(metadata) = object.value_mut().get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("managedFields".to_owned(), managers.to_value());
    }
}
