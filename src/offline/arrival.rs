//! Where the operator arrives: rendering, performed on a world of its own, until nothing but the
//! cluster's own work is left.

use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::{KStatus, Reason, reasons, types};
use crate::manifest::Loaded;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::render::{self, neighbourhood, render_subject, subjects};
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
    // They are in the order of dependencies.
    let (before, rest) = split_where(&subjects, is_of_many);
    let (many, after) = split_where(rest, |it| !is_of_many(it));
    arrival.settle(&mut world, before);
    let asked_later: Vec<_> = after.iter().map(|it| neighbourhood(world.snapshot(), it)).collect();
    for subject in many {
        arrival.touched.clear();
        arrival.settle(&mut world, std::slice::from_ref(subject));
        // What nobody asks for later need not be kept.
        let is_asked = |at: &&ObjectRef| asked_later.iter().any(|it| it.noted(at).is_some());
        for target in arrival.touched.iter().filter(|at| !is_asked(at)) {
            world.snapshot_mut().copy(&loaded.snapshot, target);
        }
    }
    arrival.settle(&mut world, after);
    arrival
}

/// Splits before the first that is so.
fn split_where(subjects: &[Subject], is_so: impl Fn(&Subject) -> bool) -> (&[Subject], &[Subject]) {
    let first = subjects.iter().position(is_so);
    subjects.split_at(first.unwrap_or(subjects.len()))
}

fn is_of_many(subject: &Subject) -> bool {
    subject.resource().is_some_and(|resource| resource.kind.is_many())
}

/// Whether others go by the status of a resource.
fn is_read_by_others(resource: &ObjectRef) -> bool {
    render::is_awaited(resource.kind)
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

    /// Performs what decides anything: no event does, and few statuses. Gives the last that was
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
        } else {
            render::needs_cluster(at.kind)?.to_owned()
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
    use crate::kinds::Kind;
    use crate::manifest::{Defaults, Input, load};
    use crate::snapshot::{Entropy, Settings};

    fn loaded(text: &str) -> Loaded {
        let source = Input { name: "bot.yaml".to_owned(), text: text.to_owned() };
        let defaults = Defaults {
            settings: Settings {
                watch_other_namespaces: true,
                operator_image: Some("operator:1".to_owned()),
                ..Settings::default()
            },
            namespace: "eevee-bot".to_owned(),
            now: Timestamp::UNIX_EPOCH,
            entropy: Entropy([7; 32]),
        };
        load(&[source], defaults).expect("resources")
    }

    /// The volume of a drill is as large as the claim.
    #[test]
    fn a_schedule_goes_by_what_its_module_makes_of_the_claim() {
        let loaded = loaded(
            r"
{apiVersion: v1, kind: Secret, metadata: {name: s3}, data: {id: bWU=, secret: bWU=}}
---
apiVersion: eevee.bot/v1
kind: S3Store
metadata: {name: minio}
spec:
  endpoint: https://s3.example.org
  bucket: bots
  accessId: {secretKeyRef: {secret: {name: s3}, key: id}}
  accessKey: {secretKeyRef: {secret: {name: s3}, key: secret}}
---
apiVersion: eevee.bot/v1
kind: BackupSchedule
metadata: {name: nightly}
spec: {schedule: '0 3 * * *', s3Store: {name: minio}, drill: {schedule: '@weekly'}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec:
  image: echo:1
  backupSchedule: {name: nightly}
  persistentVolumeClaim: {resources: {requests: {storage: 2Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: eevee-echo-module-pvc, labels: {app.kubernetes.io/managed-by: eevee-operator}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {phase: Bound, capacity: {storage: 1Gi}}
",
        );
        let arrival = arrive(&loaded);
        let drill = ObjectRef::new(Kind::CronJob, "eevee-bot", "nightly-echo-drill");
        let drill = arrival.manifest(&drill).expect("a drill").to_string();
        assert!(drill.contains("2Gi") && !drill.contains("1Gi"), "{drill}");
    }

    #[test]
    fn what_does_not_settle_is_named_with_what_it_still_wants() {
        let text = "{apiVersion: eevee.bot/v1, kind: IpcConfig, metadata: {name: main}, spec: {}}";
        let loaded = loaded(text);
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
