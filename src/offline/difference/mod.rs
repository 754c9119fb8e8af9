//! What the operator would change on a live cluster, as unified diffs. Pure: the cluster was read
//! before.

mod fields;
mod growth;
mod overlay;

use super::arrival::{Arrival, is_of_ours, left_alone};
use super::secrecy::Secrecy;
use super::with_its_token;
use crate::fields::{in_words_of, legible};
use crate::kinds::Maker;
use crate::manifest::{self, Defaults, Input, Unusable};
use crate::object::{Object, ObjectRef};
use crate::render::{neighbourhood, subjects};
use crate::snapshot::{ClusterSnapshot, Entropy, Settings};
use crate::world::World;
use crate::yaml;
use fields::telling;
use jiff::Timestamp;
use similar::TextDiff;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Times that the cluster may do its work before rendering is given up: a rotated token reaches the
/// modules when the NATS server with it is available.
const WORKS: usize = 4;

const NO_OWNERS: &str = "ownerReferences are left out of what is made for a new resource: they hold the uid that the cluster will give it";

/// What a comparison came to.
#[derive(Debug)]
pub struct Difference {
    /// Unified diffs, one for each object that differs, in the order in which `render` prints.
    pub text: String,
    /// Facts that a reader should know.
    pub notes: Vec<String>,
    /// One line for each live resource whose status nobody can write before it is mended.
    pub unwritable: Vec<String>,
    /// One line for each resource, of the files or of the cluster, of which the API server would
    /// refuse an object.
    pub refused: Vec<String>,
    /// One line for each resource of the files that cannot be rendered.
    pub faults: Vec<String>,
    /// What must be read by name before anything can be said: the files name it, and the snapshot
    /// does not know of it.
    pub unread: BTreeSet<ObjectRef>,
}

/// Compares a live cluster with where the operator arrives on it once the custom resources of some
/// files are applied; without files, with where it arrives now. `namespace` is that of resources
/// that name none. The objects of the snapshot must be whole: which fields go with a change depends
/// on who owns them.
///
/// # Errors
/// [`Unusable`] when nothing can be made of the files.
pub fn difference(
    mut live: ClusterSnapshot,
    sources: &[Input],
    namespace: &str,
    show_secrets: bool,
) -> Result<Difference, Unusable> {
    with_its_token(&mut live);
    let defaults = Defaults {
        settings: live.settings.clone(),
        namespace: namespace.to_owned(),
        now: live.now,
        entropy: live.entropy,
    };
    let mut loaded = manifest::load(sources, defaults)?;
    if !sources.is_empty() && loaded.documents == 0 {
        return Err(Unusable::because(
            "the input is empty: give at least one custom resource as YAML or JSON",
        ));
    }
    let mut notes = std::mem::take(&mut loaded.notes);
    let wanted = overlay::lay(&live, &loaded.snapshot, &mut notes);
    if wanted.objects().any(|object| is_of_ours(object) && object.uid().is_none()) {
        notes.push(NO_OWNERS.to_owned());
    }
    notes.extend(left_alone(&wanted));
    let mut world = World::new(wanted.clone());
    let arrival = arrive(&mut world);
    let mut faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    faults.extend(arrival.faults(&wanted, &loaded));
    notes.extend(arrival.waiting(&wanted, &loaded));
    let refused = arrival.refused(&wanted, &loaded);
    let secrecy = (!show_secrets).then(|| Secrecy::of(&[&live, world.snapshot()]));
    let text = compare(&wanted, &world, &arrival, secrecy.as_ref());
    notes.extend(growth::notes(&wanted, world.snapshot()));
    let unread = unread(&live, world.snapshot());
    Ok(Difference { text, notes, refused, unwritable: unwritable(&live), faults, unread })
}

/// What rendering asks for at the end, and the snapshot of the live cluster says nothing of.
fn unread(live: &ClusterSnapshot, end: &ClusterSnapshot) -> BTreeSet<ObjectRef> {
    let asked = subjects(end).into_iter().map(|subject| neighbourhood(end, &subject));
    let unknown = asked.flat_map(|part| part.unknown().cloned().collect::<Vec<_>>());
    unknown.filter(|reference| live.noted(reference).is_none()).collect()
}

fn unwritable(live: &ClusterSnapshot) -> Vec<String> {
    let resources =
        live.objects().filter(|object| is_of_ours(object) && !object.is_being_deleted());
    let line = |resource: &Arc<Object>| {
        let at = resource.reference();
        let mending = legible::mending(at.kind.name(), resource.at("/status")?)?;
        Some(format!(
            "{at}: {}: under the CRDs of this operator nobody can write the resource until the operator has mended its status",
            mending.why
        ))
    };
    resources.filter_map(line).collect()
}

/// The namespaces of the custom resources of some files.
///
/// # Errors
/// [`Unusable`] when nothing can be made of the files.
pub fn namespaces(sources: &[Input], namespace: &str) -> Result<BTreeSet<String>, Unusable> {
    let defaults = Defaults {
        settings: Settings::default(),
        namespace: namespace.to_owned(),
        now: Timestamp::UNIX_EPOCH,
        entropy: Entropy([0; 32]),
    };
    let loaded = manifest::load(sources, defaults)?;
    let resources = loaded.snapshot.objects().filter(|object| is_of_ours(object));
    Ok(resources.map(|object| object.reference().namespace.clone()).collect())
}

fn arrive(world: &mut World) -> Arrival {
    let mut arrival = Arrival::default();
    let subjects: Vec<_> = subjects(world.snapshot()).into_iter().collect();
    for _ in 0..WORKS {
        arrival.settle(world, &subjects);
        world.settle_workloads();
    }
    arrival
}

fn compare(
    before: &ClusterSnapshot,
    world: &World,
    arrival: &Arrival,
    secrecy: Option<&Secrecy>,
) -> String {
    let after = world.snapshot();
    let objects = before.objects().chain(after.objects());
    let compared: BTreeSet<&ObjectRef> = objects
        .map(|object| object.reference())
        .filter(|of| of.kind.made_by() == Maker::Operator)
        .collect();
    let mut digests = fields::Digests::default();
    let mut text = String::new();
    for reference in compared {
        let [was, will] = [before, after].map(|snapshot| there(snapshot, reference));
        // A new object is shown as it is sent, without what the API server adds.
        let sent = arrival.manifest(reference).filter(|_| was.is_none());
        let mut will = sent.and_then(|sent| Object::new(sent, &reference.namespace)).or(will);
        if let (Some(was), Some(will)) = (&was, &mut will) {
            in_words_of(was.value(), will.value_mut(), reference.kind.shape());
        }
        let mut shown = |object: Option<Object>| {
            object.map(|object| yaml::to_string(&telling(object, secrecy, &mut digests)))
        };
        text += &unified(reference, shown(was), shown(will));
    }
    text
}

/// An object that is there and stays.
fn there(snapshot: &ClusterSnapshot, reference: &ObjectRef) -> Option<Object> {
    let object = snapshot.get(reference).ok().flatten()?;
    (!object.is_being_deleted()).then(|| Object::clone(object))
}

fn unified(reference: &ObjectRef, was: Option<String>, will: Option<String>) -> String {
    if was == will {
        return String::new();
    }
    let name = |side: &str, text: &Option<String>| match text {
        Some(_) => format!("{side} {reference}"),
        None => "/dev/null".to_owned(),
    };
    let (old, new) = (name("live", &was), name("wanted", &will));
    let (was, will) = (was.unwrap_or_default(), will.unwrap_or_default());
    TextDiff::from_lines(&was, &will).unified_diff().header(&old, &new).to_string()
}
