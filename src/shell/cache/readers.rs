//! Who has read what: a change wakes the Subjects whose rendering it may change.

use crate::action::Subject;
use crate::query::Query;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The questions that each Subject's last rendering asked.
#[derive(Default)]
pub struct Readers {
    /// A thousand Subjects may have asked the same. A list for each question would take three times the memory, as most
    /// have one reader, and finding one of a thousand to take it out would take long.
    readers: BTreeSet<Reading>,
    questions: HashMap<Arc<Subject>, Box<[Query]>>,
}

/// A question, and who has asked it. None comes before everybody.
type Reading = (Query, Option<Arc<Subject>>);

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
        let readings = questions.iter().map(|question| (*question, Some(Arc::clone(&subject))));
        self.readers.extend(readings);
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
        let Some((subject, questions)) = self.questions.remove_entry(subject) else {
            return Box::default();
        };
        let reader = Some(subject);
        for question in &questions {
            self.readers.remove(&(*question, reader.clone()));
        }
        questions
    }

    /// The Subjects that have asked one of some questions.
    pub fn of(&self, questions: &[Query]) -> HashSet<Arc<Subject>> {
        questions.iter().flat_map(|question| self.asking(*question)).cloned().collect()
    }

    /// Whether anybody has asked.
    pub fn is_asked(&self, question: Query) -> bool {
        self.asking(question).next().is_some()
    }

    fn asking(&self, question: Query) -> impl Iterator<Item = &Arc<Subject>> {
        let readings = self.readers.range((question, None)..);
        readings.take_while(move |(asked, _)| *asked == question).filter_map(|(_, by)| by.as_ref())
    }

    /// How many questions are asked, each counted once for everybody who has asked it.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.readers.len()
    }
}
