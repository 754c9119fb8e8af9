//! Where the operator arrives: rendering, performed on a world of its own, until nothing but the
//! cluster's own work is left.

use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::{KStatus, Reason, reasons, types};
use crate::kinds::Kind;
use crate::manifest::Loaded;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::render::{self, render_subject, subjects};
use crate::snapshot::{Answer, ClusterSnapshot, Outcome};
use crate::world::{Rejection, World};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Rounds after which rendering is given up. A resource needs three at most; more would be a mistake
/// of the operator's, which the laws look for.
const ROUNDS: usize = 20;

/// What was created or applied meanwhile, and what was said at its end.
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
    /// The fields of resources that are to blame for it that nothing is done.
    fields: BTreeMap<ObjectRef, String>,
    /// What was written for the last Subject.
    touched: BTreeSet<ObjectRef>,
}

/// Renders input until there is nothing left to do.
pub fn arrive(loaded: &Loaded) -> Arrival {
    let mut arrival = Arrival::default();
    let mut world = World::new(loaded.snapshot.clone());
    let subjects: Vec<_> = subjects(&loaded.snapshot).into_iter().collect();
    let (depended_on, others): (Vec<_>, Vec<_>) = subjects.into_iter().partition(is_depended_on);
    arrival.settle(&mut world, &depended_on);
    for subject in others {
        arrival.touched.clear();
        arrival.settle(&mut world, std::slice::from_ref(&subject));
        // Nothing depends on what was made of it, so that it need not be kept.
        for target in &arrival.touched {
            world.snapshot_mut().copy(&loaded.snapshot, target);
        }
    }
    arrival
}

/// Whether other Subjects read what is made of a Subject: all but modules, which are many.
fn is_depended_on(subject: &Subject) -> bool {
    subject.resource().is_none_or(|resource| resource.kind != Kind::BotModule)
}

/// Whether others go by the status of a resource.
fn is_read_by_others(resource: &ObjectRef) -> bool {
    resource.kind == Kind::S3Store
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
            .map(|(at, trouble)| self.line(loaded, at, &trouble))
            .chain(self.endless(loaded))
            .collect()
    }

    /// One line for each resource of which the API server would refuse an object.
    pub fn refused(&self, snapshot: &ClusterSnapshot, loaded: &Loaded) -> Vec<String> {
        let refused = self.troubles(snapshot).filter(|(_, trouble)| trouble.is_refusal());
        refused.map(|(at, trouble)| self.line(loaded, at, &trouble)).collect()
    }

    /// One line for each resource that the input does not hold and that waits for somebody.
    pub fn waiting(&self, snapshot: &ClusterSnapshot, loaded: &Loaded) -> Vec<String> {
        let troubles = self.troubles(snapshot).filter(|(_, trouble)| !trouble.is_refusal());
        let others = troubles.filter(|(at, _)| loaded.origin(at).is_none());
        others.map(|(at, trouble)| self.line(loaded, at, &trouble)).collect()
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
        self.unsettled.iter().map(|(subject, action)| {
            let resource = subject.resource();
            let origin = resource.and_then(|at| loaded.origin(at)).map(|at| format!("{at}: "));
            let origin = origin.unwrap_or_default();
            format!(
                "{origin}{subject}: it does not settle: after {ROUNDS} rounds the operator still wants to {action}"
            )
        })
    }

    /// A trouble with the place in the input, where the resource is in it.
    fn line(&self, loaded: &Loaded, at: &ObjectRef, trouble: &Trouble<'_>) -> String {
        let field = self.fields.get(at).map(String::as_str).unwrap_or_default();
        match loaded.origin(at) {
            Some(origin) => format!("{}: {at}: {trouble}", origin.of_field(field)),
            None => format!("{at}: {trouble}"),
        }
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
                let rendering = render_subject(world.snapshot(), subject);
                if let Some(resource) = subject.resource() {
                    // A status that is not said again is as it stands on the resource.
                    if !is_read_by_others(resource) {
                        self.statuses.remove(resource);
                    }
                    self.fields.remove(resource);
                    self.fields.extend(rendering.field.map(|field| (resource.clone(), field)));
                }
                if let Some(last) = self.perform(world, rendering.actions) {
                    self.unsettled.insert(subject.clone(), last);
                }
            }
            if !subjects.iter().any(|subject| self.unsettled.contains_key(subject)) {
                return;
            }
        }
    }

    /// Performs what decides anything: no event does, and of statuses that of a store alone. Gives the last that was
    /// done, or tried, of it.
    fn perform(&mut self, world: &mut World, actions: Vec<ApplyAction>) -> Option<String> {
        let mut last = None;
        for action in actions {
            match action.verb {
                Verb::Event(_) => {}
                Verb::Status { ref status, .. } => {
                    self.statuses.insert(action.target.clone(), status.clone());
                    if is_read_by_others(&action.target) && world.perform(&action).is_ok() {
                        last = Some(format!("say how {} is", action.target));
                    }
                }
                Verb::Create(_)
                | Verb::Apply { .. }
                | Verb::Patch { .. }
                | Verb::Delete { .. }
                | Verb::PatchStatus { .. }
                | Verb::Ask(_) => {
                    let wanted = format!("{} {}", action.verb.name().to_lowercase(), action.target);
                    if let Err(rejection) = world.perform(&action) {
                        last = Some(format!("{wanted} (HTTP {rejection})"));
                        remember(world, action, &rejection);
                        break;
                    }
                    last = Some(wanted);
                    self.touched.insert(action.target.clone());
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
            Verb::PatchStatus { .. } | Verb::Status { .. } | Verb::Event(_) | Verb::Ask(_) => {}
        }
    }
}

/// Remembers a refusal as the operator does on a cluster: the next round says so in the status, and
/// does not ask again. After any other answer the next round looks again.
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
    let answer = Answer {
        request: action.verb.fingerprint(),
        resource_version: live.and_then(|live| live.resource_version()).map(str::to_owned),
        generation: live.and_then(|live| live.generation()),
        outcome: Outcome::Refused {
            verb: action.verb.name().to_owned(),
            code: rejection.code(),
            message: rejection.message(),
            // No time passes here.
            retry_at: Timestamp::MAX,
        },
        target: action.target,
    };
    snapshot.answers.entry(action.subject).or_default().push(answer);
}

/// One line for each resource of which nothing is shown because nothing is done for it.
pub fn left_alone(snapshot: &ClusterSnapshot) -> impl Iterator<Item = String> {
    let resources = snapshot.objects().filter(|object| is_of_ours(object));
    let asked_for = resources.filter(|resource| {
        let only = &snapshot.only;
        only.is_empty() || only.iter().any(|it| it.resource() == Some(resource.reference()))
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
                names::PAUSED
            )
        } else if at.kind == Kind::BackupRestore {
            "stops its module before anything is restored, which takes a cluster: its Job is not shown here"
                .to_owned()
        } else {
            return None;
        };
        Some(format!("{at} {why}"))
    })
}

/// Whether an object of the input is of a kind that is rendered.
pub fn is_of_ours(object: &Object) -> bool {
    render::is_rendered(object.reference().kind)
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
    reason: Reason,
    message: &'a str,
}

impl fmt::Display for Trouble<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.word, self.message)
    }
}

impl Trouble<'_> {
    fn is_refusal(&self) -> bool {
        self.reason == reasons::APPLY_FAILED
    }
}

fn trouble(status: &Value) -> Option<Trouble<'_>> {
    let conditions = status.get("conditions")?.as_array()?;
    let said = |kind: &str| {
        let condition = conditions.iter().find(|condition| condition["type"] == kind)?;
        let message = condition["message"].as_str().unwrap_or_default();
        Some(Trouble { reason: reasons::of(condition["reason"].as_str()?)?, message })
    };
    let is_in_the_way = |trouble: &Trouble<'_>| {
        matches!(trouble.reason.progress, KStatus::Waiting | KStatus::Stalled)
    };
    let of_claim = || said(types::CLAIM_READY).filter(is_in_the_way);
    said(types::READY).filter(is_in_the_way).or_else(of_claim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Defaults, Input, load};
    use crate::snapshot::{Entropy, Settings};

    #[test]
    fn what_does_not_settle_is_named_with_what_it_still_wants() {
        let text = "{apiVersion: eevee.bot/v1, kind: IpcConfig, metadata: {name: main}, spec: {}}";
        let source = Input { name: "bot.yaml".to_owned(), text: text.to_owned() };
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
