//! Who has read what: a change wakes the Subjects whose rendering it may change, and no others.

use crate::action::Subject;
use crate::object::{Kind, ObjectRef};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Something that rendering may ask for, as a hash: two that fall together cost a rendering more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question(u64);

impl Question {
    /// What is known of one object?
    pub fn object(reference: &ObjectRef) -> Self {
        Self::of(("object", reference))
    }

    /// Which IpcConfigs does a namespace have?
    pub fn ipc_configs(namespace: &str) -> Self {
        Self::of(("IpcConfigs", namespace))
    }

    /// Which BotModules of a namespace ask for the API token?
    pub fn token_seekers(namespace: &str) -> Self {
        Self::of(("token seekers", namespace))
    }

    /// Which objects of a kind have this owner?
    pub fn owned_by(uid: &str, kind: Kind) -> Self {
        Self::of(("owned by", uid, kind))
    }

    fn of(what: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// The questions that each Subject's last rendering asked.
#[derive(Default)]
pub struct Readers {
    readers: HashMap<Question, Vec<Arc<Subject>>>,
    questions: HashMap<Arc<Subject>, Box<[Question]>>,
}

impl Readers {
    /// Notes all that a Subject has asked for this time. Gives whether nobody asks any more what it
    /// asked before.
    pub fn note(&mut self, subject: &Subject, mut questions: Vec<Question>) -> bool {
        questions.sort_unstable();
        questions.dedup();
        let known = self.questions.get_key_value(subject);
        if known.is_some_and(|(_, known)| **known == *questions) {
            return false;
        }
        let before = self.take(subject);
        let subject = Arc::new(subject.clone());
        for question in &questions {
            self.readers.entry(*question).or_default().push(Arc::clone(&subject));
        }
        self.questions.insert(subject, questions.into_boxed_slice());
        before.iter().any(|question| !self.is_asked(*question))
    }

    /// Forgets a Subject that is no more.
    pub fn forget(&mut self, subject: &Subject) {
        self.take(subject);
    }

    /// Forgets every Subject.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes out what a Subject has asked.
    fn take(&mut self, subject: &Subject) -> Box<[Question]> {
        let questions = self.questions.remove(subject).unwrap_or_default();
        for question in &questions {
            if let Some(readers) = self.readers.get_mut(question) {
                readers.retain(|reader| **reader != *subject);
                if readers.is_empty() {
                    self.readers.remove(question);
                }
            }
        }
        questions
    }

    /// The Subjects that have asked one of some questions.
    pub fn of(&self, questions: &[Question]) -> HashSet<Arc<Subject>> {
        questions
            .iter()
            .filter_map(|question| self.readers.get(question))
            .flatten()
            .cloned()
            .collect()
    }

    /// Whether anybody has asked.
    pub fn is_asked(&self, question: Question) -> bool {
        self.readers.contains_key(&question)
    }

    /// How many questions are asked.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.readers.len()
    }
}
