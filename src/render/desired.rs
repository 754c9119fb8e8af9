//! From an object as it should be to the next request that leads there.

use super::change::{Change, Intent};
use super::context::Context;
use super::digest::{self, Keyed};
use super::stop::Stop;
use super::{adopt, env_conflict, meta};
use crate::action::{ApplyAction, Precondition, Verb};
use crate::crd::conditions::reasons;
use crate::fields;
use crate::kinds::{Kind, shape_of};
use crate::names::APPLIED_DIGEST;
use crate::object::{Object, ObjectRef, at};
use crate::snapshot::Outcome;
use serde::Serialize;
use serde_json::{Map, Value};

/// An object that is applied server-side and kept as it should be.
pub struct Desired {
    pub target: ObjectRef,
    pub manifest: Value,
}

/// What is to be done next for an object.
pub enum NextStep {
    /// It is as desired, or the cluster accepted the same request and rewrote it.
    Nothing,
    /// Nothing can be done: it is being deleted.
    Leaving(ObjectRef),
    Change(Change),
}

impl Desired {
    /// An object that holds no secret data.
    pub fn new(target: ObjectRef, object: &impl Serialize) -> Self {
        Self::build(target, object, digest::plain_manifest)
    }

    /// An object that holds secret data: its digest must not help to guess it.
    pub fn secret(target: ObjectRef, object: &impl Serialize, key: &Keyed) -> Self {
        Self::build(target, object, |manifest| key.manifest(manifest))
    }

    /// The digest covers what the object is, not what it is called: the metadata that we want is
    /// compared field by field, and of the rest the digest knows which fields are not wanted any
    /// more.
    fn build(
        target: ObjectRef,
        object: &impl Serialize,
        digest: impl FnOnce(&Value) -> String,
    ) -> Self {
        let mut manifest = manifest(object);
        let metadata = manifest.as_object_mut().and_then(|fields| fields.remove("metadata"));
        let digest = digest(&manifest);
        if let Some(fields) = manifest.as_object_mut() {
            fields.extend(metadata.map(|metadata| ("metadata".to_owned(), metadata)));
        }
        annotate(&mut manifest, APPLIED_DIGEST, &digest);
        Self { target, manifest }
    }

    /// The next step towards the desired state.
    ///
    /// # Errors
    /// [`Stop::Refused`] with Conflict or ApplyFailed, [`Stop::Unread`].
    pub fn next(self, context: &Context<'_>) -> Result<NextStep, Stop> {
        let Some(live) = context.source.get(&self.target)? else {
            let apply = Verb::Apply { manifest: self.manifest, seen: None };
            return step(context, context.action(self.target, apply), Intent::Create);
        };
        refuse_foreign(context, &live)?;
        if live.is_being_deleted() {
            return Ok(NextStep::Leaving(self.target));
        }
        if self.is_met_by(&live) && !adopt::is_written_again(&live) {
            return Ok(NextStep::Nothing);
        }
        let wants_recreate = strategy(&self.manifest) == Some("Recreate");
        if let Some(patch) = adopt::patch(&live, wants_recreate) {
            let intent = intent_of(&patch, &live);
            return step(context, context.action(self.target, patch), intent);
        }
        let was_applied = self.was_applied_to(&live);
        let freeing = env_conflict::patch(&live, &self.manifest);
        let apply = Verb::Apply { manifest: self.manifest, seen: Some(Precondition::seen(&live)) };
        let apply = context.action(self.target, apply);
        // Variables in the way are somebody else's where this was applied before or is refused. Otherwise they
        // were asked for before, and go by themselves.
        if let Some(patch) = freeing.filter(|_| was_applied || is_refused(context, &apply)) {
            let intent = intent_of(&patch, &live);
            return step(context, context.action(apply.target, patch), intent);
        }
        step(context, apply, Intent::Update)
    }

    /// Whether the last that we applied is what is wanted now.
    fn was_applied_to(&self, live: &Object) -> bool {
        let digest = self.manifest["metadata"]["annotations"][APPLIED_DIGEST].as_str();
        digest.is_some() && live.annotation(APPLIED_DIGEST) == digest
    }

    /// The digest on the live object is a part of what is desired: a field that was set before and is
    /// not desired any more shows in it alone.
    fn is_met_by(&self, live: &Object) -> bool {
        fields::contains(live.value(), &self.manifest, self.target.kind.shape()).is_ok()
    }
}

fn step(context: &Context<'_>, action: ApplyAction, intent: Intent) -> Result<NextStep, Stop> {
    let action = context.allowed(action)?;
    Ok(action.map_or(NextStep::Nothing, |action| NextStep::Change(Change { action, intent })))
}

fn is_refused(context: &Context<'_>, action: &ApplyAction) -> bool {
    matches!(context.answer_to(action), Some(Outcome::Refused { .. }))
}

/// The manifest of a typed object.
pub fn manifest(object: &impl Serialize) -> Value {
    // Kubernetes types have text keys and no failing parts: serializing them cannot fail.
    let mut manifest = serde_json::to_value(object).unwrap_or_default();
    let shape = shape_of(&manifest);
    fields::leave_out_empty(&mut manifest, shape);
    manifest
}

/// What a merge patch before the first or the next apply is for.
fn intent_of(patch: &Verb, live: &Object) -> Intent {
    if adopt::is_pending(live) {
        Intent::Adopt
    } else if adopt::takes_fields(patch) {
        Intent::AdoptAgain
    } else {
        Intent::Free
    }
}

/// Refuses an object that another controller owns.
pub fn refuse_foreign(context: &Context<'_>, live: &Object) -> Result<(), Stop> {
    let foreign =
        live.controller().filter(|owner| !meta::is_same_resource(owner, context.resource));
    let Some(owner) = foreign else { return Ok(()) };
    let message = format!(
        "{} is owned by {} {}, not by {}: rename one of them, or take the owner reference off the object",
        live.reference(),
        owner.kind,
        owner.name,
        context.resource.reference(),
    );
    Err(Stop::refused(reasons::CONFLICT, message))
}

/// Refuses when one of some objects is there and another controller owns it.
pub fn refuse_foreign_among(
    context: &Context<'_>,
    objects: impl IntoIterator<Item = (Kind, String)>,
) -> Result<(), Stop> {
    for (kind, name) in objects {
        if let Some(live) = context.get(kind, &name)? {
            refuse_foreign(context, &live)?;
        }
    }
    Ok(())
}

fn annotate(manifest: &mut Value, key: &str, value: &str) {
    let Some(metadata) = manifest.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let annotations = metadata.entry("annotations").or_insert_with(|| Map::new().into());
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(key.to_owned(), value.into());
    }
}

fn strategy(manifest: &Value) -> Option<&str> {
    at(manifest, "/spec/strategy/type")?.as_str()
}
