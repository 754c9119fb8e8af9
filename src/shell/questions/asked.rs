//! A question, with what its answer takes.

use crate::action::{ApplyAction, Subject, Verb};
use crate::object::{Object, ObjectRef};
use crate::question::{Door, Question};
use crate::snapshot::ClusterSnapshot;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was asked, of what, and the Secrets that lead to the answer.
///
/// It has no Debug form: the data of a Secret cannot reach a log.
pub struct Asked {
    pub subject: Subject,
    pub target: ObjectRef,
    pub question: Question,
    secrets: BTreeMap<ObjectRef, Arc<Object>>,
}

impl Asked {
    /// Takes along what the snapshot knows of the Secrets.
    pub fn new(action: &ApplyAction, question: &Question, snapshot: &ClusterSnapshot) -> Self {
        let known = |secret: &ObjectRef| snapshot.get(secret).ok().flatten().cloned();
        let named = door(question).into_iter().flat_map(|door| [&door.access_id, &door.access_key]);
        let secrets = named
            .filter_map(|key| Some((key.secret.clone(), known(&key.secret)?)))
            .collect::<BTreeMap<_, _>>();
        Self {
            subject: action.subject.clone(),
            target: action.target.clone(),
            question: question.clone(),
            secrets,
        }
    }

    /// A Secret, where it was known to whoever asked.
    pub fn secret(&self, reference: &ObjectRef) -> Option<Arc<Object>> {
        self.secrets.get(reference).cloned()
    }

    /// The action that asks it.
    pub fn action(&self) -> ApplyAction {
        ApplyAction {
            subject: self.subject.clone(),
            target: self.target.clone(),
            verb: Verb::Ask(self.question.clone().into()),
        }
    }
}

/// The store that a question is about, where it is about one.
pub fn door(question: &Question) -> Option<&Door> {
    match question {
        Question::Usable(door) | Question::Newest(door, _) => Some(door),
        Question::Users { .. } => None,
    }
}
