//! The fields by which two states of an object are told apart.

use crate::kinds::Kind;
use crate::manifest::readable;
use crate::names::{APPLIED_DIGEST, CONFIG_HASH, KEYED_DIGESTS};
use crate::object::Object;
use crate::offline::secrecy::Secrecy;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Metadata that changes with every write, or never.
const NOISE: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Annotations of the cluster's own controllers, and kubectl's copy of what was applied.
const NOISY_ANNOTATIONS: [&str; 2] =
    ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/// Numbers for digests: one that depends on a secret value is not shown.
#[derive(Default)]
pub struct Digests(BTreeMap<String, usize>);

impl Digests {
    fn mask(&mut self, digest: &str) -> String {
        let next = self.0.len() + 1;
        let number = self.0.entry(digest.to_owned()).or_insert(next);
        format!("digest-{number:04}")
    }
}

/// What matters of an object, with masks where secrets are not to be shown.
pub fn telling(mut object: Object, secrecy: Option<&Secrecy>, digests: &mut Digests) -> Value {
    if let Some(secrecy) = secrecy {
        secrecy.hide(&mut object);
    }
    let kind = object.reference().kind;
    let mut value = object.into_value();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = fields_at(&mut value, "/metadata") {
        metadata.retain(|name, _| !NOISE.contains(&name.as_str()));
    }
    if let Some(annotations) = fields_at(&mut value, "/metadata/annotations") {
        annotations.retain(|name, _| !NOISY_ANNOTATIONS.contains(&name.as_str()));
    }
    if let Some(spec) = fields_at(&mut value, "/spec") {
        spec.retain(|name, _| !kind.filled_in().contains(&name.as_str()));
    }
    if secrecy.is_some() {
        mask_digests(kind, &mut value, digests);
    }
    if kind.is_secret() { readable(value) } else { value }
}

fn mask_digests(kind: Kind, value: &mut Value, digests: &mut Digests) {
    let of_object = "/metadata/annotations".to_owned();
    for pointer in [of_object].into_iter().chain(kind.template_annotations()) {
        let annotations = fields_at(value, &pointer).into_iter().flatten();
        for (name, digest) in annotations {
            let name = name.as_str();
            if [APPLIED_DIGEST, CONFIG_HASH].contains(&name) || KEYED_DIGESTS.contains(&name) {
                *digest = digests.mask(digest.as_str().unwrap_or_default()).into();
            }
        }
    }
}

fn fields_at<'a>(value: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    value.pointer_mut(pointer)?.as_object_mut()
}
