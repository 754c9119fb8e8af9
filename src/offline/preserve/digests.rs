//! Digests that fit: what was made from the live values is made again from the masks.

use crate::kinds::Kind;
use crate::names::{APPLIED_DIGEST, CONFIG_HASH, KEYED_DIGESTS, TOKEN_DIGEST};
use crate::object::{Object, ObjectRef};
use crate::offline::secrecy::{Secrecy, desired};
use crate::render::{self, Manifests};
use crate::snapshot::ClusterSnapshot;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rounds after which no digest changes any more: that of a manifest follows those in its pods'
/// template, and these follow the NATS server's.
const ROUNDS: usize = 10;

/// A place in an object.
type Place = (ObjectRef, String);

/// Makes what fitted the live values fit the masks. What did not fit is left unfitting.
pub fn settle(live: &ClusterSnapshot, masked: &mut ClusterSnapshot, secrecy: &Secrecy) {
    replace_token_digests(live, masked);
    let wanted_live = desired(live);
    let fitting = fitting(live, &wanted_live);
    let mut wanted = desired(masked);
    for _ in 0..ROUNDS {
        if !put(masked, &fitting, &wanted) {
            break;
        }
        wanted = desired(masked);
    }
    settle_answers(masked, &wanted_live, &wanted);
    mask_drifted_data(live, masked, &fitting, &wanted, secrecy);
}

/// A module on its way from one token to another keeps the digest that it runs with, so that no
/// desired manifest says which token that is.
fn replace_token_digests(live: &ClusterSnapshot, masked: &mut ClusterSnapshot) {
    let digests = render::token_digests(masked);
    let replaced: BTreeMap<(String, String), String> = render::token_digests(live)
        .into_iter()
        .filter_map(|(of, digest)| {
            Some(((of.namespace.clone(), digest), digests.get(&of)?.clone()))
        })
        .collect();
    let pointer = template_annotation(TOKEN_DIGEST);
    for (reference, object) in objects(masked) {
        let key = (reference.namespace.clone(), text_at(object.value(), &pointer));
        if let Some(digest) = replaced.get(&key) {
            change(masked, &object, &pointer, digest);
        }
    }
}

/// Every place in which the live object has what is wanted.
fn fitting(live: &ClusterSnapshot, wanted: &Manifests) -> BTreeSet<Place> {
    let mut fitting = BTreeSet::new();
    for (reference, manifest) in wanted {
        let Ok(Some(object)) = live.get(reference) else { continue };
        for pointer in places(reference.kind, manifest) {
            if object.value().pointer(&pointer) == manifest.pointer(&pointer) {
                fitting.insert((reference.clone(), pointer));
            }
        }
    }
    fitting
}

/// Every place that depends on a secret value, or on a digest that does.
fn places(kind: Kind, manifest: &Value) -> Vec<String> {
    let mut places = vec![format!("/metadata/annotations/{}", segment(APPLIED_DIGEST))];
    places.extend(KEYED_DIGESTS.iter().chain([&CONFIG_HASH]).map(|key| template_annotation(key)));
    if kind.is_secret() {
        let data = manifest.get("data").and_then(Value::as_object);
        places.extend(data.into_iter().flatten().map(|(key, _)| data_pointer(key)));
    }
    places
}

/// Puts what is wanted into some places. Gives whether anything changed.
fn put(masked: &mut ClusterSnapshot, places: &BTreeSet<Place>, wanted: &Manifests) -> bool {
    let mut changed = false;
    for (reference, pointer) in places {
        let wanted = wanted.get(reference).and_then(|manifest| manifest.pointer(pointer));
        let Some(wanted) = wanted.and_then(Value::as_str) else { continue };
        let Ok(Some(object)) = masked.get(reference) else { continue };
        if text_at(object.value(), pointer) != wanted {
            let object = Arc::clone(object);
            change(masked, &object, pointer, wanted);
            changed = true;
        }
    }
    changed
}

/// An answer is found again by the digest of the request.
fn settle_answers(masked: &mut ClusterSnapshot, live: &Manifests, wanted: &Manifests) {
    let pointer = format!("/metadata/annotations/{}", segment(APPLIED_DIGEST));
    let digest = |desired: &Manifests, of: &ObjectRef| {
        desired.get(of).map(|manifest| text_at(manifest, &pointer))
    };
    for answer in masked.answers.values_mut().flatten() {
        if digest(live, &answer.target).as_ref() == Some(&answer.request)
            && let Some(digest) = digest(wanted, &answer.target)
        {
            answer.request = digest;
        }
    }
}

/// Data that we make and that is not as wanted: the lines that would be there are shown, each other
/// one is a value like any other.
fn mask_drifted_data(
    live: &ClusterSnapshot,
    masked: &mut ClusterSnapshot,
    fitting: &BTreeSet<Place>,
    wanted: &Manifests,
    secrecy: &Secrecy,
) {
    for (reference, manifest) in wanted.iter().filter(|(of, _)| of.kind.is_secret()) {
        let (Ok(Some(object)), Ok(Some(live))) = (masked.get(reference), live.get(reference))
        else {
            continue;
        };
        let mut object = Object::clone(object);
        for key in manifest["data"].as_object().into_iter().flat_map(|data| data.keys()) {
            let pointer = data_pointer(key);
            let Some(drifted) = decoded(live.value(), &pointer) else { continue };
            let Some(wanted) = decoded(manifest, &pointer) else { continue };
            if !fitting.contains(&(reference.clone(), pointer.clone())) {
                let lines = secrecy.hide_inside(&drifted);
                let shown = kept_lines(&lines, &wanted, &secrecy.mask_of(&drifted));
                set(object.value_mut(), &pointer, &STANDARD.encode(shown));
            }
        }
        masked.insert(Arc::new(object));
    }
}

fn kept_lines(text: &str, wanted: &str, mask: &str) -> String {
    let known: BTreeSet<&str> = wanted.lines().collect();
    let lines = text.lines().map(|line| {
        if known.contains(line) { format!("{line}\n") } else { format!("# masked: {mask}\n") }
    });
    lines.collect()
}

fn objects(snapshot: &ClusterSnapshot) -> Vec<(ObjectRef, Arc<Object>)> {
    snapshot.objects().map(|object| (object.reference().clone(), Arc::clone(object))).collect()
}

fn change(snapshot: &mut ClusterSnapshot, object: &Object, pointer: &str, text: &str) {
    let mut object = object.clone();
    set(object.value_mut(), pointer, text);
    snapshot.insert(Arc::new(object));
}

fn set(value: &mut Value, pointer: &str, text: &str) {
    if let Some(place) = value.pointer_mut(pointer) {
        *place = text.into();
    }
}

fn decoded(value: &Value, pointer: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(value.pointer(pointer)?.as_str()?).ok()?).ok()
}

fn text_at(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn template_annotation(key: &str) -> String {
    format!("/spec/template/metadata/annotations/{}", segment(key))
}

fn data_pointer(key: &str) -> String {
    format!("/data/{}", segment(key))
}

/// A name as a part of a JSON pointer.
fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
