//! From an object that should be to the one request, if any, that brings it about.

use super::context::Context;
use super::digest::{self, APPLIED_DIGEST, Keyed};
use super::status::Ready;
use super::{clash, meta, takeover};
use crate::action::{ApplyAction, Precondition, Verb};
use crate::crd::conditions::reasons;
use crate::fields::{self, keys};
use crate::object::{Kind, Object, ObjectRef};
use crate::snapshot::{Answer, NotKnown};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Why the rendering of a resource ends early. None of its objects is touched then.
#[derive(Debug, PartialEq)]
pub enum Halt {
    /// A read failed: not even the status is written on the strength of it.
    Unknown,
    /// Another Subject's work comes first, and its effect will be seen.
    Waiting,
    /// The status says why.
    Blocked(Ready),
}

impl From<NotKnown> for Halt {
    fn from(NotKnown: NotKnown) -> Self {
        Self::Unknown
    }
}

/// An object that is applied server-side and kept as it should be.
pub struct Wish {
    target: ObjectRef,
    manifest: Value,
}

impl Wish {
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

    /// The request that makes the live object as wanted. None where it is already, where it is
    /// being deleted, and where the cluster accepted the same wish and rewrote it.
    ///
    /// # Errors
    /// [`Halt::Blocked`] with Conflict or ApplyFailed, [`Halt::Unknown`].
    pub fn fulfil(self, context: &Context<'_>) -> Result<Option<ApplyAction>, Halt> {
        context.note(&self.target, &self.manifest);
        let Some(live) = context.snapshot.get(&self.target)? else {
            let first = Verb::Apply { manifest: self.manifest, seen: None };
            return ask(context, context.action(self.target, first));
        };
        refuse_foreign(context, live)?;
        if live.is_being_deleted() {
            context.note_leaving(live);
            return Ok(None);
        }
        if self.is_fulfilled_by(live) && !takeover::is_written_again(live) {
            return Ok(None);
        }
        let wants_recreate = strategy(&self.manifest) == Some("Recreate");
        let change = |verb| context.action(self.target.clone(), verb);
        if let Some(patch) = takeover::patch(live, wants_recreate) {
            return ask(context, change(patch));
        }
        let seen = Some(Precondition::seen(live));
        let apply = change(Verb::Apply { manifest: self.manifest.clone(), seen });
        // What we asked for before and do not want any more is ours, and goes by itself.
        let is_others = self.was_applied_to(live)
            || matches!(context.answer_to(&apply), Some(Answer::Refused { .. }));
        match clash::patch(live, &self.manifest).filter(|_| is_others) {
            Some(patch) => ask(context, change(patch)),
            None => ask(context, apply),
        }
    }

    /// Whether the last that we applied is what is wanted now.
    fn was_applied_to(&self, live: &Object) -> bool {
        let digest = self.manifest["metadata"]["annotations"][APPLIED_DIGEST].as_str();
        digest.is_some() && live.annotation(APPLIED_DIGEST) == digest
    }

    /// The digest on the live object is a part of what is wanted: a field that we set before and do
    /// not want any more shows in it alone.
    fn is_fulfilled_by(&self, live: &Object) -> bool {
        fields::contains(live.value(), &self.manifest).is_ok()
    }
}

/// Whether a change to a Deployment goes beyond its metadata, so that pods may be replaced.
pub fn replaces_pods(change: &ApplyAction, live: Option<&Object>) -> bool {
    let (Verb::Apply { manifest, .. }, Some(live)) = (&change.verb, live) else { return true };
    let digest = manifest["metadata"]["annotations"][APPLIED_DIGEST].as_str();
    live.annotation(APPLIED_DIGEST) != digest || sets_spec(change, live)
}

/// Whether a change sets a field of the spec to what the live object does not have.
pub fn sets_spec(change: &ApplyAction, live: &Object) -> bool {
    let Verb::Apply { manifest, .. } = &change.verb else { return true };
    let spec = json!({ "kind": manifest["kind"], "spec": manifest["spec"] });
    fields::contains(live.value(), &spec).is_err()
}

/// The manifest of a typed object.
pub fn manifest(object: &impl Serialize) -> Value {
    // Kubernetes types have text keys and no failing parts: serializing them cannot fail.
    let mut manifest = serde_json::to_value(object).unwrap_or_default();
    let shape = keys::of(&manifest);
    fields::leave_out_empty(&mut manifest, shape);
    manifest
}

/// Lets a request through, unless the API server has answered it before and nothing changed.
pub fn ask(context: &Context<'_>, action: ApplyAction) -> Result<Option<ApplyAction>, Halt> {
    match context.answer_to(&action) {
        None => Ok(Some(action)),
        Some(Answer::Rewritten { .. }) => Ok(None),
        Some(Answer::Refused { verb, code, message, .. }) => {
            let message = format!(
                "the API server refused to {} {} (HTTP {code}): {message}",
                verb.to_lowercase(),
                action.target
            );
            Err(Halt::Blocked(Ready::no(reasons::APPLY_FAILED, message)))
        }
    }
}

/// Refuses an object that another controller owns.
pub fn refuse_foreign(context: &Context<'_>, live: &Object) -> Result<(), Halt> {
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
    Err(Halt::Blocked(Ready::no(reasons::CONFLICT, message)))
}

/// Refuses when one of some objects is there and another controller owns it.
pub fn refuse_foreign_among(
    context: &Context<'_>,
    objects: impl IntoIterator<Item = (Kind, String)>,
) -> Result<(), Halt> {
    for (kind, name) in objects {
        if let Some(live) = context.get(kind, &name)? {
            refuse_foreign(context, live)?;
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
    manifest.pointer("/spec/strategy/type")?.as_str()
}
