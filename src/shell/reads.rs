//! Reads by name: what no watch can settle.

use super::cache::{Cache, Concerned, Found};
use super::request::{self, Failure};
use crate::object::{Kind, ObjectRef};
use crate::snapshot::Observed;
use crate::trim;
use futures::future::join_all;
use kube::Client;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// Reads some objects by name, side by side, and notes what they are. What could not be read is
/// Unknown.
///
/// Gives whom else it concerns: the watch has nothing new to tell them then. And the last failure;
/// what was read is noted all the same.
pub async fn read_all(
    client: &Client,
    cache: &Cache,
    references: BTreeSet<ObjectRef>,
    found: &mut Found,
) -> (Concerned, Result<(), Failure>) {
    references.iter().for_each(|reference| cache.expect(reference));
    let sent = Instant::now();
    let served = cache.served();
    let reads = references.iter().map(|reference| request::get(client, reference, &served));
    let answers = join_all(reads).await;
    let (mut concerned, mut outcome) = (Concerned::new(), Ok(()));
    for (reference, answer) in references.into_iter().zip(answers) {
        let observed = answer.unwrap_or_else(|failure| {
            outcome = Err(unread(&reference, failure));
            Observed::Unknown
        });
        let observed = match observed {
            Observed::Present(object) => {
                let mut object = Arc::unwrap_or_clone(object);
                trim::trim(object.value_mut(), reference.kind);
                concerned.extend(cache.answered(&object, sent));
                Observed::Present(Arc::new(object))
            }
            Observed::Absent => {
                cache.found_absent(&reference, sent);
                Observed::Absent
            }
            Observed::Unknown => Observed::Unknown,
        };
        found.note(reference, observed);
    }
    (concerned, outcome)
}

/// A read that is forbidden may be allowed soon: nothing is decided on it, and it is tried again.
fn unread(reference: &ObjectRef, failure: Failure) -> Failure {
    let why = match failure {
        Failure::Refused { code, message } => format!("HTTP {code}: {message}"),
        Failure::Changed(message) | Failure::Transient(message) => message,
        Failure::Fenced => return Failure::Fenced,
    };
    Failure::Transient(format!("cannot read {reference}: {why}"))
}

/// Looks anew at an object that turned out to be in another state than it was seen in. Its watch
/// may be late, and has nothing new to tell then: gives whom it concerns.
pub async fn look_again(
    client: &Client,
    cache: &Cache,
    reference: &ObjectRef,
    seen: Option<u64>,
) -> Concerned {
    let sent = Instant::now();
    match request::get(client, reference, &cache.served()).await {
        Ok(Observed::Present(object)) => {
            let mut object = Arc::unwrap_or_clone(object);
            trim::trim(object.value_mut(), reference.kind);
            cache.answered(&object, sent)
        }
        Ok(Observed::Absent) => {
            let concerned = seen.map(|seen| cache.deleted(reference, seen));
            cache.found_absent(reference, sent);
            concerned.unwrap_or_default()
        }
        Ok(Observed::Unknown) | Err(_) => {
            if reference.kind == Kind::Secret {
                cache.doubt(reference);
            }
            Concerned::new()
        }
    }
}
