//! The caches decide like the whole cluster: what holds of a snapshot's neighbourhoods holds of
//! those that the running operator gathers.

#[path = "../../../../tests/support/mod.rs"]
mod support;

use super::*;
use crate::manifest::actions_as_yaml;
use crate::offline;
use crate::render::subjects;
use crate::world::World;

/// Rounds in which most of what can be asked for is there: made, and running.
const ROUNDS: usize = 3;

#[test]
fn over_every_fixture() {
    let broken: Vec<String> = fixtures()
        .into_iter()
        .filter_map(|(name, world)| {
            let why = decides_alike(world).err()?;
            Some(format!("{name}: {why}"))
        })
        .collect();
    assert!(broken.is_empty(), "{} fixtures differ:\n{}", broken.len(), broken.join("\n"));
}

/// Owner references that no controller of the cluster makes, but that people and garbage collection
/// know.
#[test]
fn whoever_else_owns_the_pods() {
    let other = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": "other" });
    let ways: [fn(&mut Vec<Value>, &Value); 3] = [
        |owners, other| owners.insert(0, other.clone()),
        |owners, other| owners.push(other.clone()),
        |owners, _| owners.iter_mut().for_each(|owner| owner["controller"] = false.into()),
    ];
    let mut broken = Vec::new();
    for (number, way) in ways.into_iter().enumerate() {
        for (name, mut world) in fixtures() {
            let changed = change_owners(&mut world, |owners| way(owners, &other));
            if changed > 0
                && let Err(why) = decides_alike(world)
            {
                broken.push(format!("{name}, way {number}: {why}"));
            }
        }
    }
    assert!(broken.is_empty(), "{} differ:\n{}", broken.len(), broken.join("\n"));
}

/// What the cluster's controllers make of a template bears its labels. Files leave them out.
fn label(world: &mut World) {
    change_made(world, |object| {
        object["metadata"]["labels"][MANAGED_BY] = names::OPERATOR.into();
    });
}

/// Changes the owners of ReplicaSets and pods. Gives of how many.
fn change_owners(world: &mut World, change: impl Fn(&mut Vec<Value>)) -> usize {
    change_made(world, |object| {
        let owners = object.pointer_mut("/metadata/ownerReferences");
        owners.and_then(Value::as_array_mut).into_iter().for_each(&change);
    })
}

fn change_made(world: &mut World, change: impl Fn(&mut Value)) -> usize {
    let snapshot = world.snapshot_mut();
    let made = |object: &&Arc<Object>| object.lookup_uid().is_some();
    let objects: Vec<Arc<Object>> = snapshot.objects().filter(made).cloned().collect();
    for object in &objects {
        let mut object = Object::clone(object);
        change(object.value_mut());
        snapshot.insert(Arc::new(object));
    }
    objects.len()
}

/// Each round, from the first look to a settled cluster, by caches that are listed once and then see only
/// what changes.
fn decides_alike(mut world: World) -> Result<(), String> {
    if !is_listed(world.snapshot()) {
        return Ok(());
    }
    let cache = Cache::new(world.snapshot().settings.clone());
    cache.set_served(world.snapshot().served.clone());
    relist_all(&cache, world.snapshot());
    for _ in 0..ROUNDS {
        let mut actions = Vec::new();
        for subject in subjects(world.snapshot()) {
            let of_whole = render_subject(world.snapshot(), &subject).actions;
            let of_cache = decided(&cache, world.snapshot(), &subject).0.actions;
            if of_whole != of_cache {
                return Err(format!(
                    "{subject}: the whole gives\n{}the caches give\n{}",
                    actions_as_yaml(&of_whole, true),
                    actions_as_yaml(&of_cache, true)
                ));
            }
            actions.extend(of_whole);
        }
        let before = world.snapshot().clone();
        world.perform_all(&actions);
        world.settle_workloads();
        label(&mut world);
        tell_changes(&cache, &before, world.snapshot());
    }
    Ok(())
}

/// Every watch tells of what has changed.
fn tell_changes(cache: &Cache, before: &ClusterSnapshot, after: &ClusterSnapshot) {
    let at = |cluster: &ClusterSnapshot, of: &ObjectRef| cluster.get(of).ok().flatten().cloned();
    let objects = before.objects().chain(after.objects());
    let all: BTreeSet<&ObjectRef> = objects.map(|object| object.reference()).collect();
    for of in all {
        let (was, is) = (at(before, of), at(after, of));
        if was != is {
            tell_change(cache, was.as_deref(), is.as_deref());
        }
    }
}

fn tell_change(cache: &Cache, was: Option<&Object>, is: Option<&Object>) {
    let Some(last) = is.cloned().or_else(|| was.map(deleted)) else { return };
    if last.reference().kind.is_secret() {
        cache.watched_secret(last.reference(), &Version::of(&last), is.is_some());
    } else if is.is_some_and(is_kept) {
        cache.watched(&WatchEvent::Present(trimmed(&last)));
    } else if was.is_some_and(is_kept) {
        // A watch that selects by label tells of an object that has lost it as of one that is gone.
        cache.watched(&WatchEvent::Gone(trimmed(&last)));
    }
}

/// An object as it was at last: a deletion is a version of its own.
fn deleted(object: &Object) -> Object {
    let mut object = object.clone();
    let version = object.resource_version().and_then(|version| version.parse::<u64>().ok());
    object.value_mut()["metadata"]["resourceVersion"] =
        (version.unwrap_or_default() + 1).to_string().into();
    object
}

/// Whether the cluster lets itself be listed, as it must before anything is rendered.
pub fn is_listed(cluster: &ClusterSnapshot) -> bool {
    cluster.unlisted().next().is_none() && !cluster.unknown().any(|unknown| is_whole(unknown.kind))
}

pub fn fixtures() -> Vec<(String, World)> {
    let worlds: Vec<(String, World)> = support::fixtures("ok")
        .into_iter()
        .map(|fixture| {
            let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
            let mut world = offline::admitted(loaded);
            label(&mut world);
            (fixture.name, world)
        })
        .collect();
    assert!(worlds.len() > 100, "only {} fixtures", worlds.len());
    worlds
}
