//! What every part of one resource's rendering needs at hand.

use super::answers::{NOT_KEPT, answer_to, still_stands};
use super::digest::{self, Keyed};
use super::meta;
use super::stop::Stop;
use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::reasons;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{Answer, Outcome, Settings};
use crate::source::Source;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use std::sync::Arc;

/// One custom resource being rendered.
pub struct Context<'a> {
    pub source: &'a dyn Source,
    pub subject: &'a Subject,
    pub resource: &'a Object,
    /// The Deployment whose pods the resource stands for, where it is one.
    pub workload: Option<ObjectRef>,
    owner: Option<OwnerReference>,
    answers: Vec<Answer>,
}

impl<'a> Context<'a> {
    pub fn new(
        source: &'a dyn Source,
        subject: &'a Subject,
        resource: &'a Object,
        workload: Option<ObjectRef>,
    ) -> Self {
        let owner = meta::owner_reference(resource, source.served());
        Self { source, subject, resource, workload, owner, answers: source.answers(subject) }
    }

    pub fn settings(&self) -> &'a Settings {
        self.source.settings()
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
    pub fn get(&self, kind: Kind, name: &str) -> Result<Option<Arc<Object>>, Stop> {
        Ok(self.source.get(&self.reference(kind, name))?)
    }

    /// The live Deployment whose pods the resource stands for.
    pub fn live_workload(&self) -> Result<Option<Arc<Object>>, Stop> {
        match &self.workload {
            Some(workload) => Ok(self.source.get(workload)?),
            None => Ok(None),
        }
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
    /// [`Stop::Waiting`] while the Operator has not made it: what is rendered without it would
    /// roll again. [`Stop::Refused`] where it cannot, because somebody else owns the Secret.
    pub fn digest_key(&self) -> Result<Keyed, Stop> {
        let secret = digest::key_secret(self.source);
        let live = self.source.get(&secret)?;
        if let Some(key) = live.as_deref().and_then(Keyed::in_secret) {
            return Ok(key);
        }
        self.refuse_without_key(&secret)?;
        match live.as_deref().and_then(Object::controller) {
            None => Err(Stop::Waiting),
            Some(owner) => Err(Stop::refused(
                reasons::CONFLICT,
                format!(
                    "{secret} holds no digest key and is owned by {} {}: delete it, and it is made again",
                    owner.kind, owner.name
                ),
            )),
        }
    }

    /// Says why the Operator cannot make the digest key, where the API server has refused it.
    fn refuse_without_key(&self, secret: &ObjectRef) -> Result<(), Stop> {
        let answers = self.source.answers(&Subject::Operator);
        for answer in answers.iter().filter(|answer| answer.target == *secret) {
            if let Outcome::Refused { code, message, .. } = &answer.outcome
                && still_stands(self.source, answer)
            {
                let message = format!(
                    "the API server refused to create {secret}, which every digest of a Secret needs (HTTP {code}): {message}"
                );
                return Err(Stop::refused(reasons::APPLY_FAILED, message));
            }
        }
        Ok(())
    }

    /// Lets a request through, unless the API server has answered it before and nothing changed.
    ///
    /// # Errors
    /// [`Stop::Refused`] with ApplyFailed.
    pub fn allowed(&self, action: ApplyAction) -> Result<Option<ApplyAction>, Stop> {
        match self.answer_to(&action) {
            None => Ok(Some(action)),
            Some(Outcome::Rewritten { .. } | Outcome::Told { .. }) => Ok(None),
            Some(Outcome::Refused { verb, code, message, .. }) => {
                let message = format!(
                    "the API server refused to {} {} (HTTP {code}): {message}",
                    verb.to_lowercase(),
                    action.target
                );
                Err(Stop::refused(reasons::APPLY_FAILED, message))
            }
        }
    }

    /// How the API server last answered this very request, if nothing has changed since.
    pub fn answer_to(&self, action: &ApplyAction) -> Option<&Outcome> {
        answer_to(self.source, &self.answers, action)
    }

    /// What admission keeps rewriting in the objects of this resource.
    pub fn rewrites(&self) -> impl Iterator<Item = String> {
        self.answers.iter().filter(|answer| self.still_stands(answer)).filter_map(|answer| {
            match &answer.outcome {
                Outcome::Rewritten { field } => Some(format!("{field} of {}", answer.target)),
                Outcome::Refused { .. } | Outcome::Told { .. } => None,
            }
        })
    }

    /// Whether the API server takes a status and does not keep it, as under the CRDs of the
    /// TypeScript operator.
    pub fn is_status_lost(&self) -> bool {
        self.answers.iter().any(|answer| {
            answer.target == *self.resource.reference()
                && self.still_stands(answer)
                && matches!(answer.outcome, Outcome::Refused { code: NOT_KEPT, .. })
        })
    }

    fn still_stands(&self, answer: &Answer) -> bool {
        still_stands(self.source, answer)
    }
}
