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

/// Each round, from the first look to a settled cluster, by caches that see only what changes.
fn decides_alike(mut world: World) -> Result<(), String> {
    if !is_listed(world.snapshot()) {
        return Ok(());
    }
    let cache = Cache::new(world.snapshot().settings.clone());
    cache.set_served(world.snapshot().served.clone());
    for _ in 0..ROUNDS {
        relist_all(&cache, world.snapshot());
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
        world.perform_all(&actions);
        world.settle_workloads();
        label(&mut world);
    }
    Ok(())
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
