//! Refusals whose wish says `fits`: the API server refused what is to be applied today.

use super::place::{FITS, applied_digest};
use super::{Unfilled, admitted, desired};
use crate::object::ObjectRef;
use crate::render::Manifests;
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;

pub fn are_said(snapshot: &ClusterSnapshot) -> bool {
    snapshot.answers.values().flatten().any(|refusal| refusal.request == FITS)
}

pub fn fill(snapshot: &mut ClusterSnapshot) -> Vec<Unfilled> {
    if !are_said(snapshot) {
        return Vec::new();
    }
    let desired = desired(&admitted(snapshot));
    let mut unfilled = Vec::new();
    for refusals in snapshot.answers.values_mut() {
        refusals.retain_mut(|refusal| {
            if refusal.request != FITS {
                return true;
            }
            let wish = wish(&desired, &refusal.target);
            if wish.is_none() {
                unfilled.push(no_wish(&refusal.target));
            }
            wish.map(|wish| refusal.request = wish).is_some()
        });
    }
    unfilled
}

fn wish(desired: &Manifests, target: &ObjectRef) -> Option<String> {
    let digest = desired.get(target)?.pointer(&applied_digest()).and_then(Value::as_str);
    digest.map(str::to_owned)
}

fn no_wish(target: &ObjectRef) -> Unfilled {
    let why = format!(
        "refusals: the wish for {target} is \"{FITS}\", which stands for what the operator would apply, and it would apply nothing there: add or mend the resource that asks for the object, or write out a digest"
    );
    Unfilled { object: None, pointer: "/refusals".to_owned(), why }
}
