//! Objects that say `fits`.

use super::place::{FITS, words};
use super::{Unfilled, admitted, desired};
use crate::names::APPLIED_DIGEST;
use crate::object::{Object, ObjectRef};
use crate::render::Manifests;
use crate::snapshot::ClusterSnapshot;
use crate::world::merge;
use serde_json::Value;
use std::sync::Arc;

/// Rounds in which what is wanted comes to rest: NATS servers, then the modules that wait for them,
/// and one more to see that nothing changes.
const ROUNDS: usize = 3;

pub fn are_said(snapshot: &ClusterSnapshot) -> bool {
    snapshot.objects().any(|object| is_stub(object))
}

fn is_stub(object: &Object) -> bool {
    words(object).next().is_some()
}

/// What is wanted can depend on what is there, so it is asked again until it is the same.
pub fn fill(snapshot: &mut ClusterSnapshot) -> Vec<Unfilled> {
    let stubs: Vec<Arc<Object>> = snapshot.objects().filter(|it| is_stub(it)).cloned().collect();
    if stubs.is_empty() {
        return Vec::new();
    }
    for stub in &stubs {
        snapshot.insert(Arc::new(without_words_of_pods(stub)));
    }
    let mut unfilled = Vec::new();
    let mut known = Manifests::new();
    for _ in 0..ROUNDS {
        let wanted = desired(&admitted(snapshot));
        if wanted == known {
            break;
        }
        unfilled.clear();
        for stub in &stubs {
            match filled(stub, &wanted) {
                Ok(object) => snapshot.insert(Arc::new(object)),
                Err(place) => unfilled.push(no_digest(stub.reference(), place)),
            }
        }
        known = wanted;
    }
    for object in unfilled.iter().filter_map(|it| it.object.as_ref()) {
        snapshot.remove(object);
    }
    unfilled
}

/// A module goes on with the digest of the token that its pods were started with, and the word is
/// no such digest.
fn without_words_of_pods(stub: &Object) -> Object {
    let mut object = stub.clone();
    let place = object.reference().kind.template_annotations();
    let annotations = place.and_then(|place| object.value_mut().pointer_mut(&place));
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        annotations.retain(|_, value| value != FITS);
    }
    object
}

/// The object that is meant, or the place for which nothing is wanted.
fn filled(stub: &Object, wanted: &Manifests) -> Result<Object, String> {
    let manifest = wanted.get(stub.reference()).unwrap_or(&Value::Null);
    let mut object = stub.clone();
    if stub.annotation(APPLIED_DIGEST) == Some(FITS) {
        *object.value_mut() = manifest.clone();
        merge::patch(object.value_mut(), stub.value());
    }
    for place in words(stub) {
        match (manifest.pointer(&place), object.value_mut().pointer_mut(&place)) {
            (Some(wanted), Some(there)) => *there = wanted.clone(),
            (None, _) | (_, None) => return Err(place),
        }
    }
    Ok(object)
}

fn no_digest(object: &ObjectRef, pointer: String) -> Unfilled {
    let name = pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/");
    let why = format!(
        "{name} is \"{FITS}\", which stands for what the operator would write there, and it would write nothing: add or mend the resource that asks for the object, or write out a digest"
    );
    Unfilled { object: Some(object.clone()), pointer, why }
}
