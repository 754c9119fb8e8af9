//! A tiny pure cluster: actions in, next snapshot out.
//!
//! It does what an API server does with the requests that render decides on, as far as the next
//! rendering could tell: versions and preconditions, server-side apply with its bookkeeping of
//! owners, defaults, and the refusals of changes. Where it differs from a real one is said at
//! the function that does.

mod apply;
mod commit;
mod compare;
mod defaults;
mod identity;
mod jobs;
mod managers;
pub(crate) mod merge;
mod ownership;
mod pods;
mod put;
mod rejection;
#[cfg(test)]
mod tests;
mod validate;
mod workloads;

pub use rejection::Rejection;

use crate::action::{ApplyAction, Event, Precondition, Subject, Verb};
use crate::fields::legible::{self, Mending};
use crate::fields::owned;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::question::Fact;
use crate::snapshot::{Answer, ClusterSnapshot, Observed, Outcome};
use jiff::Timestamp;
use managers::{Identity, Managers};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A cluster: its objects, and the events that were recorded.
#[derive(Clone, Debug)]
pub struct World {
    snapshot: ClusterSnapshot,
    version: u64,
    events: BTreeMap<(String, String), (ObjectRef, Event)>,
}

impl World {
    /// Takes a snapshot as the cluster's state. Time, settings and entropy stay as they are.
    pub fn new(snapshot: ClusterSnapshot) -> Self {
        let version = snapshot
            .objects()
            .filter_map(|object| object.resource_version()?.parse().ok())
            .max()
            .unwrap_or(0);
        Self { snapshot, version, events: BTreeMap::new() }
    }

    /// Gives every object that lacks them what an API server would have given it: uid,
    /// resourceVersion, generation and creationTimestamp, and owners of what the operator applied.
    pub fn admit(&mut self) {
        let objects: Vec<Arc<Object>> = self.snapshot.objects().map(Arc::clone).collect();
        for object in objects {
            let mut admitted = Object::clone(&object);
            self.identify(object.reference(), admitted.value_mut());
            if object.reference().kind.is_custom() {
                defaults::complete(object.reference(), Some(object.value()), admitted.value_mut());
            }
            ownership::own_what_was_applied(&mut admitted, self.snapshot.now);
            if admitted != *object {
                self.snapshot.insert(Arc::new(admitted));
            }
        }
    }

    /// The cluster's state.
    pub fn snapshot(&self) -> &ClusterSnapshot {
        &self.snapshot
    }

    /// The cluster's state, to change what is no object: time, settings, entropy, refusals.
    pub fn snapshot_mut(&mut self) -> &mut ClusterSnapshot {
        &mut self.snapshot
    }

    /// The cluster's state. A world that is made from it may give a uid of this one again.
    pub fn into_snapshot(self) -> ClusterSnapshot {
        self.snapshot
    }

    /// The events that were recorded, sorted by namespace and name, each with its target.
    pub fn events(&self) -> impl Iterator<Item = (&ObjectRef, &Event)> {
        self.events.values().map(|(target, event)| (target, event))
    }

    /// Performs one action.
    ///
    /// # Errors
    /// The answer of the API server when it refuses; the cluster has not changed then.
    pub fn perform(&mut self, action: &ApplyAction) -> Result<(), Rejection> {
        let target = &action.target;
        match &action.verb {
            Verb::Create(manifest) => self.create(target, manifest),
            Verb::Apply { manifest, seen } => self.apply(target, manifest, seen.as_ref()),
            Verb::Patch { patch, seen } => self.patch(target, patch, seen),
            Verb::Delete { seen } => self.delete(target, seen),
            Verb::PatchStatus { patch, seen } => self.patch_status(target, patch, seen),
            Verb::Status { status, seen } => self.apply_status(target, status, seen),
            Verb::Event(event) => self.record(target, event),
            Verb::Ask(question) => {
                self.tell(action, question.presumed());
                Ok(())
            }
        }
    }

    /// Answers a question. No time passes here: the answer stands.
    pub fn tell(&mut self, action: &ApplyAction, fact: Fact) {
        let answer = Answer {
            target: action.target.clone(),
            request: action.verb.fingerprint(),
            resource_version: None,
            generation: None,
            outcome: Outcome::Told { fact, retry_at: Timestamp::MAX },
        };
        let answers = self.snapshot.answers.entry(action.subject.clone()).or_default();
        answers.retain(|it| it.target != answer.target || it.request != answer.request);
        answers.push(answer);
    }

    /// Performs actions as the shell does: a failed one ends its Subject's batch, events apart.
    /// Gives what failed.
    pub fn perform_all(&mut self, actions: &[ApplyAction]) -> Vec<(ApplyAction, Rejection)> {
        let mut ended: BTreeSet<&Subject> = BTreeSet::new();
        let mut failed = Vec::new();
        for action in actions {
            if ended.contains(&action.subject) {
                continue;
            }
            if let Err(rejection) = self.perform(action) {
                if !matches!(action.verb, Verb::Event(_)) {
                    ended.insert(&action.subject);
                }
                failed.push((action.clone(), rejection));
            }
        }
        failed
    }

    /// Changes an object as another client does by PUT: it owns from then on what it changes.
    ///
    /// # Errors
    /// The answer of the API server when it refuses; the cluster has not changed then.
    pub fn change_as(
        &mut self,
        manager: &str,
        target: &ObjectRef,
        change: impl FnOnce(&mut Value),
    ) -> Result<(), Rejection> {
        let live = self.look(target)?.ok_or_else(|| Rejection::NotFound(target.clone()))?;
        let mut changed = live.value().clone();
        change(&mut changed);
        self.overwrite(&Identity::client(target, manager), &live, changed)
    }

    fn create(&mut self, target: &ObjectRef, manifest: &Value) -> Result<(), Rejection> {
        let mut wanted = commit::prepare(target, manifest)?;
        if self.look(target)?.is_some() {
            return Err(Rejection::AlreadyExists(target.clone()));
        }
        commit::reset_status(target.kind, None, &mut wanted);
        defaults::complete(target, None, &mut wanted);
        let mut managers = Managers::default();
        managers.update(&Identity::writer(target), &Value::Null, &wanted, self.snapshot.now);
        self.commit(target, None, wanted, &managers)
    }

    fn apply(
        &mut self,
        target: &ObjectRef,
        manifest: &Value,
        seen: Option<&Precondition>,
    ) -> Result<(), Rejection> {
        let mut wanted = commit::prepare(target, manifest)?;
        if let Some(fields) = wanted.as_object_mut()
            && target.kind.has_status()
        {
            fields.remove("status");
        }
        let live = self.look(target)?;
        match (&live, seen) {
            (Some(live), Some(seen)) => commit::check_seen(live, seen, true)?,
            (None, Some(Precondition { uid: Some(uid), .. })) => {
                return Err(Rejection::conflict(
                    target,
                    &format!(
                        "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
                    ),
                ));
            }
            (Some(_), None) | (None, None | Some(Precondition { uid: None, .. })) => {}
        }
        let request = apply::ApplyRequest {
            identity: Identity::applier(target),
            wanted: &wanted,
            is_forced: seen.is_some(),
            now: self.snapshot.now,
        };
        let live = live.as_deref().map(Object::value);
        let (applied, managers) = apply::apply(live, &request)?;
        self.commit(target, live, applied, &managers)
    }

    fn patch(
        &mut self,
        target: &ObjectRef,
        patch: &Value,
        seen: &Precondition,
    ) -> Result<(), Rejection> {
        let live = self.look(target)?.ok_or_else(|| Rejection::NotFound(target.clone()))?;
        commit::check_seen(&live, seen, true)?;
        let mut patched = live.value().clone();
        merge::patch(&mut patched, patch);
        self.overwrite(&Identity::writer(target), &live, patched)
    }

    /// What a writer without server-side apply has made of an object takes its place.
    fn overwrite(
        &mut self,
        writer: &Identity,
        live: &Object,
        mut value: Value,
    ) -> Result<(), Rejection> {
        let target = live.reference();
        let mut managers = Managers::of(&value);
        commit::restore(live, &mut value)?;
        commit::reset_status(target.kind, Some(live.value()), &mut value);
        defaults::complete(target, Some(live.value()), &mut value);
        managers.update(writer, live.value(), &value, self.snapshot.now);
        self.commit(target, Some(live.value()), value, &managers)
    }

    fn delete(&mut self, target: &ObjectRef, seen: &Precondition) -> Result<(), Rejection> {
        let live = self.look(target)?.ok_or_else(|| Rejection::NotFound(target.clone()))?;
        commit::check_seen(&live, seen, false)?;
        self.discard(&live);
        Ok(())
    }

    /// Where the API server could not read the object before, it forgets who owns what. All is
    /// taken for `before-first-apply`'s then.
    fn patch_status(
        &mut self,
        target: &ObjectRef,
        patch: &Value,
        seen: &Precondition,
    ) -> Result<(), Rejection> {
        let live = self.look_at_custom(target)?;
        commit::check_seen(&live, seen, true)?;
        let mut patched = live.value().clone();
        merge::patch(&mut patched, &json!({ "status": patch }));
        if let Some(mending) = illegible(target, &patched) {
            return Err(Rejection::invalid(target, &mending.why));
        }
        let mut managers = Managers::default();
        if illegible(target, live.value()).is_none() {
            managers = Managers::of(&patched);
            let identity = Identity::status_writer(target);
            managers.update(&identity, live.value(), &patched, self.snapshot.now);
        } else {
            let status = json!({ "status": patched.get("status") });
            let nobody = Identity::before_first_apply(target);
            managers.put(
                &nobody,
                owned::fields_of(&status, target.kind.shape()),
                self.snapshot.now,
            );
        }
        self.commit(target, Some(live.value()), patched, &managers)
    }

    /// Fields of the status that others own stay, as with a real server; those that nobody owns
    /// go, which lets a status in a snapshot without managedFields be replaced.
    fn apply_status(
        &mut self,
        target: &ObjectRef,
        status: &Value,
        seen: &Precondition,
    ) -> Result<(), Rejection> {
        let live = self.look_at_custom(target)?;
        if let Some(mending) = illegible(target, live.value()) {
            let why = format!("failed to create typed live object: {}", mending.why);
            return Err(Rejection::Untyped(why));
        }
        commit::check_seen(&live, seen, true)?;
        let mut wanted = Map::new();
        for name in ["apiVersion", "kind"] {
            wanted.extend(live.at(&format!("/{name}")).map(|v| (name.to_owned(), v.clone())));
        }
        wanted.insert("status".to_owned(), status.clone());
        let request = apply::ApplyRequest {
            identity: Identity::status_applier(target),
            wanted: &Value::Object(wanted),
            is_forced: true,
            now: self.snapshot.now,
        };
        let (applied, managers) = apply::apply(Some(live.value()), &request)?;
        self.commit(target, Some(live.value()), applied, &managers)
    }

    fn record(&mut self, target: &ObjectRef, event: &Event) -> Result<(), Rejection> {
        let name = (target.namespace.clone(), event.name.clone());
        if self.events.contains_key(&name) {
            return Err(Rejection::AlreadyExists(target.clone()));
        }
        self.events.insert(name, (target.clone(), event.clone()));
        Ok(())
    }

    /// The custom resource of a name. No other kind has a status that can be written here.
    fn look_at_custom(&self, target: &ObjectRef) -> Result<Arc<Object>, Rejection> {
        let live = self.look(target)?.filter(|_| target.kind.is_custom());
        live.ok_or_else(|| Rejection::NotFound(target.clone()))
    }

    /// The object of a name. What could not be read cannot be written, either.
    fn look(&self, target: &ObjectRef) -> Result<Option<Arc<Object>>, Rejection> {
        match self.snapshot.observe(target) {
            Observed::Present(object) => Ok(Some(Arc::clone(object))),
            Observed::Absent => Ok(None),
            Observed::Unknown => Err(Rejection::Unavailable(target.clone())),
        }
    }

    /// The objects of a kind, in every namespace.
    fn all(&self, kind: Kind) -> Vec<Arc<Object>> {
        self.snapshot.objects().filter(|o| o.reference().kind == kind).map(Arc::clone).collect()
    }
}

/// What of the status of a custom resource the API server cannot read.
fn illegible(target: &ObjectRef, object: &Value) -> Option<Mending> {
    legible::mending(target.kind.name(), object.get("status")?)
}
