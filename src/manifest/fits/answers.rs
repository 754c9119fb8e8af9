//! Answers to a request that says `fits`: the API server refused what is to be applied today.

use super::place::{FITS, applied_digest};
use super::{Unfilled, admitted, desired};
use crate::object::ObjectRef;
use crate::render::Manifests;
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;

pub fn are_said(snapshot: &ClusterSnapshot) -> bool {
    snapshot.answers.values().flatten().any(|answer| answer.request == FITS)
}

pub fn fill(snapshot: &mut ClusterSnapshot) -> Vec<Unfilled> {
    if !are_said(snapshot) {
        return Vec::new();
    }
    let desired = desired(&admitted(snapshot));
    let mut unfilled = Vec::new();
    for answers in snapshot.answers.values_mut() {
        answers.retain_mut(|answer| {
            if answer.request != FITS {
                return true;
            }
            let request = request(&desired, &answer.target);
            if request.is_none() {
                unfilled.push(no_request(&answer.target));
            }
            request.map(|request| answer.request = request).is_some()
        });
    }
    unfilled
}

fn request(desired: &Manifests, target: &ObjectRef) -> Option<String> {
    let digest = desired.get(target)?.pointer(&applied_digest()).and_then(Value::as_str);
    digest.map(str::to_owned)
}

fn no_request(target: &ObjectRef) -> Unfilled {
    let why = format!(
        "answers: the request for {target} is \"{FITS}\", which stands for what the operator would apply, and it would apply nothing there: add or mend the resource that asks for the object, or write out a digest"
    );
    Unfilled { object: None, pointer: "/answers".to_owned(), why }
}
