//! Refusals whose wish says `fits`: the API server refused what is to be applied today.

use super::place::{FITS, applied_digest};
use super::{Unfilled, admitted, desired};
use crate::object::ObjectRef;
use crate::render::Wishes;
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;

pub fn are_said(snapshot: &ClusterSnapshot) -> bool {
    snapshot.refusals.values().flatten().any(|refusal| refusal.wish == FITS)
}

pub fn fill(snapshot: &mut ClusterSnapshot) -> Vec<Unfilled> {
    if !are_said(snapshot) {
        return Vec::new();
    }
    let desired = desired(&admitted(snapshot));
    let mut unfilled = Vec::new();
    for refusals in snapshot.refusals.values_mut() {
        refusals.retain_mut(|refusal| {
            if refusal.wish != FITS {
                return true;
            }
            let wish = wish(&desired, &refusal.target);
            if wish.is_none() {
                unfilled.push(no_wish(&refusal.target));
            }
            wish.map(|wish| refusal.wish = wish).is_some()
        });
    }
    unfilled
}

fn wish(desired: &Wishes, target: &ObjectRef) -> Option<String> {
    let digest = desired.get(target)?.pointer(&applied_digest()).and_then(Value::as_str);
    digest.map(str::to_owned)
}

fn no_wish(target: &ObjectRef) -> Unfilled {
    let why = format!(
        "refusals: the wish for {target} is \"{FITS}\", which stands for what the operator would apply, and it would apply nothing there: add or mend the resource that asks for the object, or write out a digest"
    );
    Unfilled { object: None, pointer: "/refusals".to_owned(), why }
}
