//! Where the operator arrives: rendering, performed on a world of its own, until nothing but the
//! cluster's own work is left.

use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::{reasons, types};
use crate::manifest::Loaded;
use crate::object::{Kind, Object, ObjectRef};
use crate::render::{self, meta, neighbourhood, render_subject, subjects};
use crate::snapshot::{Answer, ClusterSnapshot, Refusal};
use crate::world::{Rejection, World};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

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
    /// What each Subject that does not settle still wants.
    unsettled: BTreeMap<Subject, String>,
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

    /// One line for each resource of the input of which nothing could be made, and for whatever
    /// does not settle. The snapshot is what was rendered.
    pub fn faults(&self, snapshot: &ClusterSnapshot, loaded: &Loaded) -> Vec<String> {
        let troubles = self.troubles(snapshot).filter(|(_, trouble)| !trouble.is_refusal());
        let blocked = troubles.filter(|(at, _)| loaded.origin(at).is_some());
        blocked
            .map(|(at, trouble)| line(loaded, at, &trouble))
            .chain(self.endless(loaded))
            .collect()
    }

    /// One line for each resource of which the API server would refuse an object.
    pub fn refused(&self, snapshot: &ClusterSnapshot, loaded: &Loaded) -> Vec<String> {
        let refused = self.troubles(snapshot).filter(|(_, trouble)| trouble.is_refusal());
        refused.map(|(at, trouble)| line(loaded, at, &trouble)).collect()
    }

    /// One line for each resource that the input does not hold and that waits for somebody.
    pub fn waiting(&self, snapshot: &ClusterSnapshot, loaded: &Loaded) -> Vec<String> {
        let troubles = self.troubles(snapshot).filter(|(_, trouble)| !trouble.is_refusal());
        let others = troubles.filter(|(at, _)| loaded.origin(at).is_none());
        others.map(|(at, trouble)| line(loaded, at, &trouble)).collect()
    }

    /// Why nothing could be made of resources.
    fn troubles<'a>(
        &'a self,
        snapshot: &'a ClusterSnapshot,
    ) -> impl Iterator<Item = (&'a ObjectRef, Trouble<'a>)> {
        let resources = snapshot.objects().filter(|object| is_rendered(object));
        resources.filter_map(|resource| {
            let at = resource.reference();
            let status = self.statuses.get(at).or_else(|| resource.at("/status"))?;
            Some((at, trouble(status)?))
        })
    }

    fn endless(&self, loaded: &Loaded) -> impl Iterator<Item = String> {
        self.unsettled.iter().map(|(subject, wish)| {
            let resource = subject.resource();
            let origin = resource.and_then(|at| loaded.origin(&at)).map(|at| format!("{at}: "));
            let origin = origin.unwrap_or_default();
            format!(
                "{origin}{subject}: it does not settle: after {ROUNDS} rounds the operator still wants to {wish}"
            )
        })
    }

    /// Whether objects of the input are changed in a way that no printed object shows.
    pub fn changes_in_place(&self) -> bool {
        self.in_place
    }

    /// Renders some Subjects in turn until none of them has anything to do.
    pub fn settle(&mut self, world: &mut World, subjects: &[Subject]) {
        self.settle_within(ROUNDS, world, subjects);
    }

    fn settle_within(&mut self, rounds: usize, world: &mut World, subjects: &[Subject]) {
        for _ in 0..rounds {
            for subject in subjects {
                self.unsettled.remove(subject);
                // A status that is not said again is as it stands on the resource.
                if let Some(resource) = subject.resource() {
                    self.statuses.remove(&resource);
                }
                let actions = render_subject(world.snapshot(), subject);
                if let Some(wish) = self.perform(world, actions) {
                    self.unsettled.insert(subject.clone(), wish);
                }
            }
            if !subjects.iter().any(|subject| self.unsettled.contains_key(subject)) {
                return;
            }
        }
    }

    /// Performs what decides anything: neither a status nor an event does. Gives the last that was
    /// done, or tried, of it.
    fn perform(&mut self, world: &mut World, actions: Vec<ApplyAction>) -> Option<String> {
        let mut last = None;
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
                    let wish = format!("{} {}", action.verb.name().to_lowercase(), action.target);
                    if let Err(rejection) = world.perform(&action) {
                        last = Some(format!("{wish} (HTTP {rejection})"));
                        remember(world, action, &rejection);
                        break;
                    }
                    last = Some(wish);
                    self.note(action);
                }
            }
        }
        last
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

/// Remembers a refusal as the operator does on a cluster: the next round says so in the status, and
/// does not ask again. After any other answer the next round looks anew.
fn remember(world: &mut World, action: ApplyAction, rejection: &Rejection) {
    match rejection {
        Rejection::BadRequest(_) | Rejection::Invalid(_) | Rejection::Untyped(_) => {}
        Rejection::NotFound(_)
        | Rejection::AlreadyExists(_)
        | Rejection::Conflict(_)
        | Rejection::Unavailable(_) => return,
    }
    let snapshot = world.snapshot_mut();
    let live = snapshot.get(&action.target).ok().flatten();
    let refusal = Refusal {
        wish: action.verb.wish(),
        resource_version: live.and_then(|live| live.resource_version()).map(str::to_owned),
        generation: live.and_then(|live| live.generation()),
        answer: Answer::Refused {
            verb: action.verb.name().to_owned(),
            code: rejection.code(),
            message: rejection.message(),
            // No time passes here.
            retry_at: Timestamp::MAX,
        },
        target: action.target,
    };
    snapshot.refusals.entry(action.subject).or_default().push(refusal);
}

/// One line for each resource of which nothing is shown because nothing is done for it.
pub fn left_alone(snapshot: &ClusterSnapshot) -> impl Iterator<Item = String> {
    let resources = snapshot.objects().filter(|object| is_of_ours(object));
    let asked_for = resources.filter(|resource| {
        let only = &snapshot.only;
        only.is_empty()
            || only.iter().any(|it| it.resource().as_ref() == Some(resource.reference()))
    });
    asked_for.filter_map(|resource| {
        let at = resource.reference();
        let why = if resource.is_being_deleted() {
            "is being deleted: the cluster takes its objects away, and the operator writes nothing for it"
                .to_owned()
        } else if !snapshot.watches(&at.namespace) {
            format!(
                "is passed over: the operator watches namespace {} alone",
                snapshot.settings.namespace
            )
        } else if render::is_paused(resource) {
            format!(
                "is paused: the operator writes nothing for it until annotation {} is taken off, and nothing of it is shown here",
                meta::PAUSED
            )
        } else {
            return None;
        };
        Some(format!("{at} {why}"))
    })
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

/// Why nothing could be made of a resource, or of a part of it.
struct Trouble<'a> {
    reason: &'a str,
    message: &'a str,
}

impl fmt::Display for Trouble<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}

impl Trouble<'_> {
    fn is_refusal(&self) -> bool {
        self.reason == reasons::APPLY_FAILED
    }
}

/// With the place in the input, where the resource is in it.
fn line(loaded: &Loaded, at: &ObjectRef, trouble: &Trouble<'_>) -> String {
    match loaded.origin(at) {
        Some(origin) => format!("{}: {at}: {trouble}", origin.of_field_in(trouble.message)),
        None => format!("{at}: {trouble}"),
    }
}

fn trouble(status: &Value) -> Option<Trouble<'_>> {
    const BLOCKED: [&str; 7] = [
        reasons::INVALID_SPEC,
        reasons::CONFLICT,
        reasons::APPLY_FAILED,
        reasons::IPC_CONFIG_NOT_FOUND,
        reasons::IPC_CONFIG_NOT_READY,
        reasons::SECRET_NOT_FOUND,
        reasons::TOKEN_NOT_FOUND,
    ];
    const REFUSED: [&str; 3] =
        [reasons::FIELD_IMMUTABLE, reasons::RESIZE_REFUSED, reasons::SHRINK_REFUSED];
    let conditions = status.get("conditions")?.as_array()?;
    let said = |kind: &str| {
        let condition = conditions.iter().find(|condition| condition["type"] == kind)?;
        let message = condition["message"].as_str().unwrap_or_default();
        Some(Trouble { reason: condition["reason"].as_str()?, message })
    };
    let blocked = said(types::READY).filter(|ready| BLOCKED.contains(&ready.reason));
    blocked.or_else(|| said(types::CLAIM_READY).filter(|claim| REFUSED.contains(&claim.reason)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Defaults, Source, load};
    use crate::snapshot::{Entropy, Settings};

    #[test]
    fn what_does_not_settle_is_named_with_what_it_still_wants() {
        let text = "{apiVersion: eevee.bot/v1, kind: IpcConfig, metadata: {name: main}, spec: {}}";
        let source = Source { name: "bot.yaml".to_owned(), text: text.to_owned() };
        let defaults = Defaults {
            settings: Settings { watch_other_namespaces: true, ..Settings::default() },
            namespace: "eevee-bot".to_owned(),
            now: Timestamp::UNIX_EPOCH,
            entropy: Entropy([7; 32]),
        };
        let loaded = load(&[source], defaults).expect("a resource");
        let mut world = World::new(loaded.snapshot.clone());
        let subjects: Vec<Subject> = subjects(world.snapshot()).into_iter().collect();
        let mut arrival = Arrival::default();
        arrival.settle_within(1, &mut world, &subjects);
        let faults = arrival.faults(&loaded.snapshot, &loaded);
        let fault = faults.iter().find(|fault| fault.contains("IpcConfig")).expect("a fault");
        assert!(
            fault.starts_with("bot.yaml: document 1, line 1: IpcConfig eevee-bot/main: "),
            "{fault}"
        );
        assert!(fault.contains("does not settle") && fault.contains("still wants to "), "{fault}");
        arrival.settle(&mut world, &subjects);
        assert_eq!(arrival.faults(&loaded.snapshot, &loaded), [""; 0], "it settles in the end");
    }
}
