//! Who has read what: a change wakes the Subjects whose rendering it may change.

use crate::action::Subject;
use crate::query::Query;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The questions that each Subject's last rendering asked.
#[derive(Default)]
pub struct Readers {
    readers: HashMap<Query, Vec<Arc<Subject>>>,
    questions: HashMap<Arc<Subject>, Box<[Query]>>,
}

impl Readers {
    /// Notes all that a Subject has asked for this time. Gives whether nobody asks any more what it
    /// asked before.
    pub fn note(&mut self, subject: &Subject, mut questions: Vec<Query>) -> bool {
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
    fn take(&mut self, subject: &Subject) -> Box<[Query]> {
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
    pub fn of(&self, questions: &[Query]) -> HashSet<Arc<Subject>> {
        questions
            .iter()
            .filter_map(|question| self.readers.get(question))
            .flatten()
            .cloned()
            .collect()
    }

    /// Whether anybody has asked.
    pub fn is_asked(&self, question: Query) -> bool {
        self.readers.contains_key(&question)
    }

    /// How many questions are asked.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.readers.len()
    }
}
