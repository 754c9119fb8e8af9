//! Rendering without a cluster: files in, text out. Pure; reading files is the caller's.

use crate::action::{ApplyAction, Verb};
use crate::crd::conditions::{reasons, types};
use crate::manifest::{self, Defaults, Loaded, Source, Unusable};
use crate::object::{Kind, Object, ObjectRef};
use crate::render::{self, render};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is wanted of the rendering.
pub struct Options {
    pub format: Format,
    /// One round of actions instead of the objects that all rounds come to.
    pub actions: bool,
    pub show_secrets: bool,
}

/// How output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Yaml,
    Json,
}

/// What a rendering came to.
#[derive(Debug)]
pub struct Outcome {
    /// For standard output.
    pub text: String,
    /// Facts that a reader should know.
    pub notes: Vec<String>,
    /// One line for each resource that could not be rendered.
    pub faults: Vec<String>,
}

/// Rounds after which rendering is given up. Each resource needs three at most; more would be a
/// mistake of the operator's, which the laws look for.
const ROUNDS: usize = 20;

/// Renders files.
///
/// # Errors
/// [`Unusable`] when nothing can be made of the input.
pub fn render_sources(
    sources: &[Source],
    defaults: Defaults,
    options: &Options,
) -> Result<Outcome, Unusable> {
    let mut loaded = manifest::load(sources, defaults)?;
    let mut faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    let mut notes = std::mem::take(&mut loaded.notes);
    if faults.is_empty() && !loaded.snapshot.objects().any(|object| is_rendered(object)) {
        notes.push("the input has no BotModule and no IpcConfig".to_owned());
    }
    let arrival = arrive(&loaded);
    faults.extend(arrival.faults);
    if options.actions {
        let actions = one_round(loaded);
        let text = match options.format {
            Format::Yaml => manifest::actions_as_yaml(&actions, options.show_secrets),
            Format::Json => manifest::actions_as_json(&actions, options.show_secrets),
        };
        return Ok(Outcome { text, notes, faults });
    }
    let shown = |(target, manifest): (ObjectRef, Value)| {
        let kind = target.kind.name();
        let shown = if options.show_secrets { manifest } else { manifest::masked(kind, manifest) };
        (target, shown)
    };
    let objects: BTreeMap<ObjectRef, Value> = arrival.objects.into_iter().map(shown).collect();
    let text = match options.format {
        Format::Yaml => manifest::objects_as_yaml(&objects),
        Format::Json => manifest::objects_as_json(&objects),
    };
    Ok(Outcome { text, notes, faults })
}

/// The actions of one round on the cluster that the input describes, with what an API server
/// gives every object and with a digest key.
fn one_round(loaded: Loaded) -> Vec<ApplyAction> {
    render(admitted(loaded).snapshot())
}

/// The input as a cluster. It has a digest key unless the input says otherwise, because without
/// one a module waits.
pub fn admitted(loaded: Loaded) -> World {
    let Loaded { mut snapshot, without_digest_key, .. } = loaded;
    let key = render::key_secret(&snapshot);
    let known = snapshot.get(&key).is_ok_and(|key| key.is_some());
    if !without_digest_key && !known {
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": key.name,
                "namespace": key.namespace,
                "annotations": { "eevee.bot/generated-by": "eevee-operator" },
            },
            "type": "Opaque",
            "data": { "key": "ZGlnZXN0LWtleS1vZi10aGUtZml4dHVyZXM=" },
        });
        if let Some(secret) = Object::new(secret, &key.namespace) {
            snapshot.insert(Arc::new(secret));
        }
    }
    let mut world = World::new(snapshot);
    world.admit();
    world
}

struct Arrival {
    objects: BTreeMap<ObjectRef, Value>,
    faults: Vec<String>,
}

/// Renders until nothing but the cluster's own work is left.
fn arrive(loaded: &Loaded) -> Arrival {
    let mut world = World::new(loaded.snapshot.clone());
    let mut objects = BTreeMap::new();
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        if actions.is_empty() {
            break;
        }
        world.perform_all(&actions);
        for ApplyAction { target, verb, .. } in actions {
            match verb {
                Verb::Create(manifest) | Verb::Apply { manifest, .. } => {
                    objects.insert(target, manifest);
                }
                Verb::Delete { .. } => {
                    objects.remove(&target);
                }
                Verb::Patch { .. } | Verb::Status { .. } | Verb::Event(_) => {}
            }
        }
    }
    let faults = world
        .snapshot()
        .objects()
        .filter_map(|resource| Some((loaded.origin(resource.reference())?, resource)))
        .filter_map(|(origin, resource)| {
            let (reason, message) = trouble(resource)?;
            let at = origin.of_field_in(message);
            Some(format!("{at}: {}: {reason}: {message}", resource.reference()))
        })
        .collect();
    Arrival { objects, faults }
}

fn is_rendered(resource: &Object) -> bool {
    matches!(resource.reference().kind, Kind::BotModule | Kind::IpcConfig)
}

/// Why nothing could be made of a resource.
fn trouble(resource: &Object) -> Option<(&str, &str)> {
    const BLOCKED: [&str; 7] = [
        reasons::INVALID_SPEC,
        reasons::CONFLICT,
        reasons::APPLY_FAILED,
        reasons::IPC_CONFIG_NOT_FOUND,
        reasons::IPC_CONFIG_NOT_READY,
        reasons::SECRET_NOT_FOUND,
        reasons::TOKEN_NOT_FOUND,
    ];
    // What is left alone may carry a status of long ago.
    if !is_rendered(resource) || resource.is_being_deleted() || render::is_paused(resource) {
        return None;
    }
    let conditions = resource.at("/status/conditions")?.as_array()?;
    let ready = conditions.iter().find(|condition| condition["type"] == types::READY)?;
    let reason = ready["reason"].as_str()?;
    let message = ready["message"].as_str().unwrap_or_default();
    BLOCKED.contains(&reason).then_some((reason, message))
}
