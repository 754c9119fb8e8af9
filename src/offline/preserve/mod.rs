//! A live cluster as one file that renders the same and tells no secret.

mod digests;
mod masks;
mod scrub;
mod search;

use crate::manifest;
use crate::object::{Kind, Object};
use crate::snapshot::{Answer, ClusterSnapshot};
use crate::trim::trim;
use masks::Masks;
use scrub::{scrub, texts};
use search::Search;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A cluster, or a part of it, as YAML documents that `render -f` and the fixtures read. From them
/// the same actions are rendered as from the cluster, at the same time.
///
/// Every value of a Secret is a numbered mask: the same value, the same mask. So is each value of
/// [`search::SHORTEST`] bytes or more that stands elsewhere, unless the operator writes it there for
/// another reason, as a name is.
pub fn snapshot_as_yaml(live: &ClusterSnapshot) -> String {
    let masked = masked(live);
    let objects = masked.objects().map(|object| object.value().clone());
    manifest::objects_as_yaml([manifest::situation(&masked)].into_iter().chain(objects))
}

fn masked(live: &ClusterSnapshot) -> ClusterSnapshot {
    let live = changed(live, |object| {
        let kind = object.reference().kind;
        trim(object.value_mut(), kind);
    });
    let masks = Masks::of(&[&live]);
    let mut masked = changed(&live, |object| {
        if object.reference().kind == Kind::Secret {
            masks.mask_secret(object);
        }
    });
    masked.settings.api_token =
        live.settings.api_token.as_ref().map(|token| masks.mask_text(token));
    let search = masks.search(&public(&masked, &masks.search(&BTreeSet::new())));
    let mut masked = scrubbed(&masked, &search);
    digests::settle(&live, &mut masked, &masks);
    masked
}

/// Every value out of every text.
fn scrubbed(snapshot: &ClusterSnapshot, search: &Search) -> ClusterSnapshot {
    let mut scrubbed = changed(snapshot, |object| {
        if object.reference().kind == Kind::Secret {
            scrub(&mut object.value_mut()["metadata"], search);
        } else {
            scrub(object.value_mut(), search);
        }
    });
    for refusal in scrubbed.refusals.values_mut().flatten() {
        if let Answer::Refused { message, .. } = &mut refusal.answer {
            *message = search.replace(message);
        }
    }
    scrubbed
}

/// The masks of values that the operator writes by itself, such as a namespace, and of those that
/// are names.
fn public(masked: &ClusterSnapshot, search: &Search) -> BTreeSet<String> {
    let mut public = BTreeSet::new();
    let mut take = |text: &str| public.extend(search.found_in(text).map(str::to_owned));
    let wishes = digests::wishes(&scrubbed(masked, search));
    for (_, manifest) in wishes.iter().filter(|(of, _)| of.kind != Kind::Secret) {
        texts(manifest, &mut take);
    }
    for object in masked.objects() {
        take(&object.reference().namespace);
        take(&object.reference().name);
    }
    take(&masked.settings.namespace);
    take(&masked.settings.cluster_domain);
    public
}

fn changed(snapshot: &ClusterSnapshot, change: impl Fn(&mut Object)) -> ClusterSnapshot {
    let mut changed = snapshot.clone();
    for object in snapshot.objects() {
        let mut object = Object::clone(object);
        change(&mut object);
        changed.insert(Arc::new(object));
    }
    changed
}
