//! What every part of one resource's rendering needs at hand.

use super::digest::{self, Keyed};
use super::meta;
use super::status::Ready;
use super::wish::Halt;
use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::reasons;
use crate::object::{Kind, Object, ObjectRef};
use crate::snapshot::{Answer, ClusterSnapshot, Refusal};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The code under which an answer is remembered that grants a wish and does not fulfil it.
pub const NOT_KEPT: u16 = 200;

/// The manifests that are to be kept applied, by the objects that they are of.
pub type Wishes = BTreeMap<ObjectRef, Value>;

/// One custom resource being rendered.
pub struct Context<'a> {
    pub snapshot: &'a ClusterSnapshot,
    pub subject: Subject,
    pub resource: &'a Object,
    owner: Option<OwnerReference>,
    wishes: Option<&'a RefCell<Wishes>>,
    leaving: RefCell<BTreeSet<ObjectRef>>,
}

impl<'a> Context<'a> {
    pub fn new(snapshot: &'a ClusterSnapshot, subject: Subject, resource: &'a Object) -> Self {
        let owner = meta::owner_reference(resource, &snapshot.served);
        Self { snapshot, subject, resource, owner, wishes: None, leaving: RefCell::default() }
    }

    /// The same, with a note of every wish.
    pub fn noting(self, wishes: &'a RefCell<Wishes>) -> Self {
        Self { wishes: Some(wishes), ..self }
    }

    /// Notes a wish where somebody asks for them.
    pub fn note(&self, target: &ObjectRef, manifest: &Value) {
        if let Some(wishes) = self.wishes {
            wishes.borrow_mut().insert(target.clone(), manifest.clone());
        }
    }

    /// Notes an object that is wanted and on its way out.
    pub fn note_leaving(&self, live: &Object) {
        self.leaving.borrow_mut().insert(live.reference().clone());
    }

    /// The objects that are wanted and on their way out, as far as rendering came.
    pub fn leaving(&self) -> BTreeSet<ObjectRef> {
        self.leaving.borrow().clone()
    }

    pub fn namespace(&self) -> &'a str {
        &self.resource.reference().namespace
    }

    pub fn name(&self) -> &'a str {
        &self.resource.reference().name
    }

    /// An object in the namespace of the resource.
    pub fn reference(&self, kind: Kind, name: &str) -> ObjectRef {
        ObjectRef::new(kind, self.namespace(), name)
    }

    /// An object in the namespace of the resource, or None where it is known to be absent.
    pub fn get(&self, kind: Kind, name: &str) -> Result<Option<&'a Arc<Object>>, Halt> {
        Ok(self.snapshot.get(&self.reference(kind, name))?)
    }

    /// The same metadata with the resource as its owner.
    pub fn owned(&self, metadata: ObjectMeta) -> ObjectMeta {
        ObjectMeta { owner_references: self.owner.clone().map(|owner| vec![owner]), ..metadata }
    }

    pub fn action(&self, target: ObjectRef, verb: Verb) -> ApplyAction {
        ApplyAction { subject: self.subject.clone(), target, verb }
    }

    /// The key for digests of secret data.
    ///
    /// # Errors
    /// [`Halt::Waiting`] while the Operator has not made it: what is rendered without it would
    /// roll again. [`Halt::Blocked`] where it cannot, because somebody else owns the Secret.
    pub fn digest_key(&self) -> Result<Keyed, Halt> {
        if let Some(key) = Keyed::from_snapshot(self.snapshot)? {
            return Ok(key);
        }
        let secret = digest::key_secret(self.snapshot);
        self.refuse_without_key(&secret)?;
        match self.snapshot.get(&secret)?.and_then(|live| live.controller()) {
            None => Err(Halt::Waiting),
            Some(owner) => Err(Halt::Blocked(Ready::no(
                reasons::CONFLICT,
                format!(
                    "{secret} holds no digest key and is owned by {} {}: delete it, and it is made anew",
                    owner.kind, owner.name
                ),
            ))),
        }
    }

    /// Says why the Operator cannot make the digest key, where the API server has refused it.
    fn refuse_without_key(&self, secret: &ObjectRef) -> Result<(), Halt> {
        let refusals = self.snapshot.refusals.get(&Subject::Operator).into_iter().flatten();
        for refusal in refusals.filter(|refusal| refusal.target == *secret) {
            if let Answer::Refused { code, message, .. } = &refusal.answer
                && still_stands(self.snapshot, refusal)
            {
                let message = format!(
                    "the API server refused to create {secret}, which every digest of a Secret needs (HTTP {code}): {message}"
                );
                return Err(Halt::Blocked(Ready::no(reasons::APPLY_FAILED, message)));
            }
        }
        Ok(())
    }

    /// How the API server last answered this very wish, if nothing has changed since.
    pub fn answer_to(&self, action: &ApplyAction) -> Option<&'a Answer> {
        let wish = action.verb.wish();
        self.refusals()
            .find(|refusal| refusal.target == action.target && refusal.wish == wish)
            .filter(|refusal| self.still_stands(refusal))
            .map(|refusal| &refusal.answer)
    }

    /// What admission keeps rewriting in the objects of this resource.
    pub fn rewrites(&self) -> impl Iterator<Item = String> {
        self.refusals().filter(|refusal| self.still_stands(refusal)).filter_map(|refusal| {
            match &refusal.answer {
                Answer::Rewritten { field } => Some(format!("{field} of {}", refusal.target)),
                Answer::Refused { .. } => None,
            }
        })
    }

    /// Whether the API server takes a status and does not keep it, as under the CRDs of the
    /// TypeScript operator.
    pub fn is_status_lost(&self) -> bool {
        let of_resource = self.refusals().filter(|refusal| {
            refusal.target == *self.resource.reference() && self.still_stands(refusal)
        });
        of_resource.map(|refusal| &refusal.answer).any(|answer| match answer {
            Answer::Refused { code, .. } => *code == NOT_KEPT,
            Answer::Rewritten { .. } => false,
        })
    }

    fn refusals(&self) -> impl Iterator<Item = &'a Refusal> {
        self.snapshot.refusals.get(&self.subject).into_iter().flatten()
    }

    fn still_stands(&self, refusal: &Refusal) -> bool {
        still_stands(self.snapshot, refusal)
    }
}

/// Whether neither the live object has changed nor the time to ask again has come.
pub fn still_stands(snapshot: &ClusterSnapshot, refusal: &Refusal) -> bool {
    let live = snapshot.get(&refusal.target).ok().flatten();
    let generation = live.and_then(|live| live.generation());
    let same = if generation.is_some() && refusal.generation.is_some() {
        generation == refusal.generation
    } else {
        live.and_then(|live| live.resource_version()) == refusal.resource_version.as_deref()
    };
    same && match refusal.answer {
        Answer::Refused { retry_at, .. } => snapshot.now < retry_at,
        Answer::Rewritten { .. } => true,
    }
}
