//! Digests that fit the live values are made to fit the masks.
//!
//! A digest of Secret data says `fits`. One that covers more is made again: it stays distinguishable
//! from that of another version, which may want another manifest.

use crate::kinds::Kind;
use crate::manifest::{FITS, applied_digest, desired, fill, places, segment, template_annotation};
use crate::names::{CONFIG_HASH, KEYED_DIGESTS};
use crate::object::{Object, ObjectRef};
use crate::offline::secrecy::Secrecy;
use crate::render::{Manifests, keyed_config_hash};
use crate::snapshot::ClusterSnapshot;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A place in an object.
type Place = (ObjectRef, String);

/// Stands for a live digest that is the word itself, which fits nothing.
const NO_DIGEST: &str = "no-digest";

/// Makes what fitted the live values fit the masks. What did not fit is left unfitting.
pub fn settle(live: &ClusterSnapshot, masked: &mut ClusterSnapshot, secrecy: &Secrecy) {
    let wanted_live = desired(live);
    let keyed = fitting(live, &wanted_live, keyed_places);
    let made = fitting(live, &wanted_live, made_places);
    say_fits(masked, &still_fitting(live, keyed));
    let mut filled = masked.clone();
    fill(&mut filled);
    let wanted = desired(&filled);
    put(masked, &made, &wanted);
    settle_answers(masked, &wanted_live, &wanted);
    mask_drifted_data(live, masked, &made, &wanted, secrecy);
}

/// Takes the word off an object on which somebody else has put it.
pub fn take_off_word(kind: Kind, object: &mut Value) {
    for place in places(kind) {
        if text_at(object, &place) == FITS {
            set(object, &place, NO_DIGEST);
        }
    }
}

/// Every place in which the live object has what is wanted.
fn fitting(
    live: &ClusterSnapshot,
    wanted: &Manifests,
    places: fn(Kind, &Value) -> Vec<String>,
) -> BTreeSet<Place> {
    let mut fitting = BTreeSet::new();
    for (reference, manifest) in wanted {
        let Ok(Some(object)) = live.get(reference) else { continue };
        for pointer in places(reference.kind, manifest) {
            let there = object.value().pointer(&pointer);
            if there.is_some() && there == manifest.pointer(&pointer) {
                fitting.insert((reference.clone(), pointer));
            }
        }
    }
    fitting
}

/// Digests of Secret data.
fn keyed_places(kind: Kind, manifest: &Value) -> Vec<String> {
    let config_hash = keyed_config_hash(manifest).then_some(CONFIG_HASH);
    let keys = KEYED_DIGESTS.into_iter().chain(config_hash);
    keys.filter_map(|key| template_annotation(kind, key)).collect()
}

/// Whatever else depends on a value that is masked.
fn made_places(kind: Kind, manifest: &Value) -> Vec<String> {
    let mut places = vec![applied_digest()];
    if !keyed_config_hash(manifest) {
        places.extend(template_annotation(kind, CONFIG_HASH));
    }
    if kind.is_secret() {
        let data = manifest.get("data").and_then(Value::as_object);
        places.extend(data.into_iter().flatten().map(|(key, _)| data_pointer(key)));
    }
    places
}

/// The places for which the word stands for what is there. A module that changes from one token to
/// another is wanted with the digest that it runs with, which only that digest tells.
fn still_fitting(live: &ClusterSnapshot, mut places: BTreeSet<Place>) -> BTreeSet<Place> {
    let mut filled = live.clone();
    say_fits(&mut filled, &places);
    fill(&mut filled);
    let text = |snapshot: &ClusterSnapshot, (reference, pointer): &Place| {
        let object = snapshot.get(reference).ok().flatten()?;
        Some(text_at(object.value(), pointer))
    };
    places.retain(|place| text(&filled, place) == text(live, place));
    places
}

fn say_fits(snapshot: &mut ClusterSnapshot, places: &BTreeSet<Place>) {
    for (reference, pointer) in places {
        write(snapshot, reference, pointer, FITS);
    }
}

/// Puts what is wanted into some places.
fn put(masked: &mut ClusterSnapshot, places: &BTreeSet<Place>, wanted: &Manifests) {
    for (reference, pointer) in places {
        let wanted = wanted.get(reference).and_then(|manifest| manifest.pointer(pointer));
        if let Some(wanted) = wanted.and_then(Value::as_str) {
            write(masked, reference, pointer, wanted);
        }
    }
}

/// A refusal is known again by the digest of the request.
fn settle_answers(masked: &mut ClusterSnapshot, live: &Manifests, wanted: &Manifests) {
    let pointer = applied_digest();
    let digest = |manifests: &Manifests, of: &ObjectRef| {
        manifests.get(of).map(|manifest| text_at(manifest, &pointer))
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

fn write(snapshot: &mut ClusterSnapshot, reference: &ObjectRef, pointer: &str, text: &str) {
    let Ok(Some(object)) = snapshot.get(reference) else { return };
    let mut object = Object::clone(object);
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

fn data_pointer(key: &str) -> String {
    format!("/data/{}", segment(key))
}
