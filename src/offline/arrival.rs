//! Where the operator arrives: rendering, performed on a world of its own, until nothing but the
//! cluster's own work is left.

use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::{reasons, types};
use crate::manifest::Loaded;
use crate::object::{Kind, Object, ObjectRef};
use crate::render::{self, neighbourhood, render_subject, subjects};
use crate::snapshot::ClusterSnapshot;
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// Rounds after which rendering is given up. A resource needs three at most; more would be a mistake
/// of the operator's, which the laws look for.
const ROUNDS: usize = 20;

/// What was created or applied on the way, and what was said at its end.
#[derive(Default)]
pub struct Arrival {
    /// Manifests in their last form, as compact JSON: as values they take ten times the memory.
    objects: BTreeMap<ObjectRef, String>,
    /// Whether something was patched or deleted, which is no object to print.
    in_place: bool,
    /// The last status of each resource, whether it was there or would be written.
    statuses: BTreeMap<ObjectRef, Value>,
}

/// Renders input until there is nothing left to do.
pub fn arrive(loaded: &Loaded) -> Arrival {
    let mut arrival = Arrival::default();
    let is_module = |subject: &Subject| matches!(subject, Subject::BotModule { .. });
    let (modules, others): (Vec<_>, Vec<_>) =
        subjects(&loaded.snapshot).into_iter().partition(is_module);
    let mut world = World::new(loaded.snapshot.clone());
    arrival.settle(&mut world, &others);
    // Nothing waits for a module, so that each is rendered in a world of its own: its objects need
    // not be kept.
    for module in modules {
        let mut own = World::new(neighbourhood(world.snapshot(), &module));
        arrival.settle(&mut own, &[module]);
    }
    arrival
}

impl Arrival {
    /// Each object that the operator would create or apply, once, in the order of printing.
    pub fn objects(&self) -> impl Iterator<Item = (&ObjectRef, Value)> {
        // What was serialized from a value parses.
        self.objects
            .iter()
            .filter_map(|(target, text)| Some((target, serde_json::from_str(text).ok()?)))
    }

    /// The last form in which one object would be created or applied.
    pub fn manifest(&self, target: &ObjectRef) -> Option<Value> {
        serde_json::from_str(self.objects.get(target)?).ok()
    }

    /// One line for each resource of the input of which nothing could be made. The snapshot is what
    /// was rendered.
    pub fn faults(&self, snapshot: &ClusterSnapshot, loaded: &Loaded) -> Vec<String> {
        let resources = snapshot.objects().filter(|object| is_rendered(object));
        resources
            .filter_map(|resource| {
                let at = resource.reference();
                let status = self.statuses.get(at).or_else(|| resource.at("/status"))?;
                let (reason, message) = trouble(status)?;
                let origin = loaded.origin(at)?.of_field_in(message);
                Some(format!("{origin}: {at}: {reason}: {message}"))
            })
            .collect()
    }

    /// Whether objects of the input are changed in a way that no printed object shows.
    pub fn changes_in_place(&self) -> bool {
        self.in_place
    }

    /// Renders some Subjects in turn until none of them has anything to do.
    pub fn settle(&mut self, world: &mut World, subjects: &[Subject]) {
        for _ in 0..ROUNDS {
            let busy = subjects.iter().filter(|subject| {
                // A status that is not said again is as it stands on the resource.
                if let Some(resource) = subject.resource() {
                    self.statuses.remove(&resource);
                }
                let actions = render_subject(world.snapshot(), subject);
                self.perform(world, actions)
            });
            if busy.count() == 0 {
                return;
            }
        }
    }

    /// Performs what decides anything: neither a status nor an event does.
    fn perform(&mut self, world: &mut World, actions: Vec<ApplyAction>) -> bool {
        let mut busy = false;
        for action in actions {
            match action.verb {
                Verb::Event(_) => {}
                Verb::Status { status, .. } => {
                    self.statuses.insert(action.target, status);
                }
                Verb::Create(_)
                | Verb::Apply { .. }
                | Verb::Patch { .. }
                | Verb::Delete { .. }
                | Verb::PatchStatus { .. } => {
                    busy = true;
                    if world.perform(&action).is_err() {
                        break;
                    }
                    self.note(action);
                }
            }
        }
        busy
    }

    fn note(&mut self, ApplyAction { target, verb, .. }: ApplyAction) {
        match verb {
            Verb::Create(manifest) | Verb::Apply { manifest, .. } => {
                self.objects.insert(target, manifest.to_string());
            }
            Verb::Delete { .. } => {
                self.in_place = true;
                self.objects.remove(&target);
            }
            Verb::Patch { .. } => self.in_place = true,
            // No object is printed with its status.
            Verb::PatchStatus { .. } | Verb::Status { .. } | Verb::Event(_) => {}
        }
    }
}

/// Whether an object of the input is of a kind that is rendered.
pub fn is_of_ours(object: &Object) -> bool {
    matches!(object.reference().kind, Kind::BotModule | Kind::IpcConfig)
}

/// Whether anything is made of an object of the input.
fn is_rendered(resource: &Object) -> bool {
    is_of_ours(resource)
        // What is left alone may carry a status of long ago.
        && !resource.is_being_deleted()
        && !render::is_paused(resource)
}

/// Why nothing could be made of a resource.
fn trouble(status: &Value) -> Option<(&str, &str)> {
    const BLOCKED: [&str; 7] = [
        reasons::INVALID_SPEC,
        reasons::CONFLICT,
        reasons::APPLY_FAILED,
        reasons::IPC_CONFIG_NOT_FOUND,
        reasons::IPC_CONFIG_NOT_READY,
        reasons::SECRET_NOT_FOUND,
        reasons::TOKEN_NOT_FOUND,
    ];
    let conditions = status.get("conditions")?.as_array()?;
    let ready = conditions.iter().find(|condition| condition["type"] == types::READY)?;
    let reason = ready["reason"].as_str()?;
    let message = ready["message"].as_str().unwrap_or_default();
    BLOCKED.contains(&reason).then_some((reason, message))
}
