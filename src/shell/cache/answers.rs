//! What the API server would not do, so that the same request is not sent again and again, and what
//! questions were answered.

use crate::action::{ApplyAction, Subject};
use crate::object::{Object, ObjectRef};
use crate::question::{Fact, Question};
use crate::shell::requeue::{BROKEN_REQUEST, REFUSED_REQUEST};
use crate::snapshot::{Answer, Outcome};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// More refusals are not remembered for one Subject. A BackupSchedule may have two CronJobs for each of
/// hundreds of modules, and all may be refused.
const MOST: usize = 1024;

/// The refusals and answers of every Subject.
#[derive(Default)]
pub struct Answers(BTreeMap<Subject, Vec<Remembered>>);

struct Remembered {
    answer: Answer,
    /// How many of the tries were due, and did not follow from a change.
    times: u32,
}

impl Answers {
    /// All that is remembered for a Subject.
    pub fn of(&self, subject: &Subject) -> Vec<Answer> {
        let remembered = self.0.get(subject).into_iter().flatten();
        remembered.map(|remembered| remembered.answer.clone()).collect()
    }

    /// Remembers that a request was refused with a status code. `live` is the object as it is.
    pub fn refused(
        &mut self,
        action: &ApplyAction,
        live: Option<&Object>,
        code: u16,
        message: String,
        now: Timestamp,
    ) {
        let verb = action.verb.name().to_owned();
        let before = self.take(action);
        let known = before.as_ref().and_then(|before| before.answer.retry_at());
        let times = before.map_or(0, |before| before.times);
        // Changes come by the dozen, and must not lengthen the wait.
        let (times, retry_at) = if let Some(due) = known.filter(|due| *due > now) {
            (times, due)
        } else {
            let (first, last) = if code < 500 { REFUSED_REQUEST } else { BROKEN_REQUEST };
            let wait = last.min(first * 2_i32.pow(times.min(8)));
            (times + 1, now.saturating_add(wait).unwrap_or(now))
        };
        self.remember(action, live, Outcome::Refused { verb, code, message, retry_at }, times);
    }

    /// Remembers that a request was accepted, but that a field of the answer is another than asked for.
    pub fn rewritten(&mut self, action: &ApplyAction, answer: &Object, field: String) {
        self.take(action);
        self.remember(action, Some(answer), Outcome::Rewritten { field }, 0);
    }

    /// Takes in the answer to a question, in place of the one before.
    pub fn told(
        &mut self,
        action: &ApplyAction,
        question: &Question,
        fact: Fact,
        retry_at: Timestamp,
    ) {
        if let Some(remembered) = self.0.get_mut(&action.subject) {
            remembered.retain(|known| !known.is_told(&action.target, question));
        }
        self.remember(action, None, Outcome::Told { fact, retry_at }, 0);
    }

    /// Whether an answer to a request is remembered.
    pub fn knows(&self, action: &ApplyAction) -> bool {
        let request = action.verb.fingerprint();
        let mut remembered = self.0.get(&action.subject).into_iter().flatten();
        remembered.any(|known| known.is_of(action, &request))
    }

    /// Forgets the refusals of an object: what was asked for has been done.
    pub fn accepted(&mut self, subject: &Subject, target: &ObjectRef) {
        if let Some(remembered) = self.0.get_mut(subject) {
            remembered.retain(|known| known.answer.target != *target || known.is_fact());
            if remembered.is_empty() {
                self.0.remove(subject);
            }
        }
    }

    /// How many Subjects have been refused something.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets those of Subjects that are no more, and those that an API server may have given for
    /// being just about to start: it forbids what it will allow in a moment.
    pub fn carry_on(&mut self, subjects: &BTreeSet<Subject>) {
        self.0.retain(|subject, remembered| {
            remembered.retain(|remembered| !is_forbidden(&remembered.answer));
            subjects.contains(subject) && !remembered.is_empty()
        });
    }

    /// Forgets a Subject.
    pub fn forget(&mut self, subject: &Subject) {
        self.0.remove(subject);
    }

    /// Takes out what is remembered of a request.
    fn take(&mut self, action: &ApplyAction) -> Option<Remembered> {
        let request = action.verb.fingerprint();
        let remembered = self.0.get_mut(&action.subject)?;
        let at = remembered.iter().position(|known| known.is_of(action, &request))?;
        Some(remembered.remove(at))
    }

    fn remember(
        &mut self,
        action: &ApplyAction,
        live: Option<&Object>,
        outcome: Outcome,
        times: u32,
    ) {
        let remembered = self.0.entry(action.subject.clone()).or_default();
        remembered.push(Remembered {
            answer: Answer {
                target: action.target.clone(),
                resource_version: live.and_then(|live| live.resource_version()).map(str::to_owned),
                generation: live.and_then(Object::generation),
                outcome,
                request: action.verb.fingerprint(),
            },
            times,
        });
        if remembered.len() > MOST
            && let Some(oldest) = remembered.iter().position(|known| !known.is_fact())
        {
            remembered.remove(oldest);
        }
    }
}

impl Remembered {
    fn is_fact(&self) -> bool {
        matches!(self.answer.outcome, Outcome::Told { .. })
    }

    fn is_told(&self, target: &ObjectRef, question: &Question) -> bool {
        let Outcome::Told { fact, .. } = &self.answer.outcome else { return false };
        self.answer.target == *target && question.fits(fact)
    }

    fn is_of(&self, action: &ApplyAction, request: &str) -> bool {
        self.answer.target == action.target && self.answer.request == request
    }
}

fn is_forbidden(answer: &Answer) -> bool {
    matches!(answer.outcome, Outcome::Refused { code: 403, .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Verb;
    use crate::kinds::Kind;
    use jiff::SignedDuration;
    use serde_json::json;

    fn action() -> ApplyAction {
        let manifest = json!({ "kind": "Deployment" });
        ApplyAction {
            subject: Subject::Operator,
            target: ObjectRef::new(Kind::Deployment, "bot", "echo"),
            verb: Verb::Apply { manifest, seen: None },
        }
    }

    fn refuse(refusals: &mut Answers, code: u16, now: Timestamp) -> Timestamp {
        refusals.refused(&action(), None, code, "no".to_owned(), now);
        let [refusal] = &refusals.of(&Subject::Operator)[..] else { panic!("not one refusal") };
        refusal.retry_at().expect("a time")
    }

    /// Seconds after which a request is sent again that is refused once more each time.
    fn waits(refusals: &mut Answers, code: u16, times: usize) -> Vec<i64> {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut wait = || {
            let due = refuse(refusals, code, now);
            due.duration_since(std::mem::replace(&mut now, due)).as_secs()
        };
        (0..times).map(|_| wait()).collect()
    }

    #[test]
    fn a_refused_request_waits_five_minutes_and_longer_each_time_up_to_an_hour() {
        let mut refusals = Answers::default();
        assert_eq!(
            waits(&mut refusals, 422, 6),
            [5, 10, 20, 40, 60, 60].map(|minutes| minutes * 60)
        );
        refusals.accepted(&Subject::Operator, &action().target);
        assert_eq!(waits(&mut refusals, 422, 1), [5 * 60]);
    }

    #[test]
    fn what_is_carried_on_is_what_still_means_something() {
        let (mut refusals, now) = (Answers::default(), Timestamp::UNIX_EPOCH);
        let gone = ApplyAction { subject: Subject::Namespace("gone".to_owned()), ..action() };
        refusals.refused(&gone, None, 422, "no".to_owned(), now);
        refuse(&mut refusals, 422, now);
        let there = BTreeSet::from([Subject::Operator]);
        refusals.carry_on(&there);
        assert!(refusals.of(&gone.subject).is_empty());
        assert_eq!(refusals.of(&Subject::Operator).len(), 1);
        refuse(&mut refusals, 403, now);
        refusals.carry_on(&there);
        assert!(refusals.of(&Subject::Operator).is_empty());
    }

    #[test]
    fn what_is_broken_is_asked_again_within_half_a_minute() {
        assert_eq!(waits(&mut Answers::default(), 500, 5), [5, 10, 20, 30, 30]);
    }

    #[test]
    fn tries_that_changes_brought_about_do_not_lengthen_the_wait() {
        let (mut refusals, now) = (Answers::default(), Timestamp::UNIX_EPOCH);
        let due = refuse(&mut refusals, 422, now);
        for second in 1..20 {
            let early = now + SignedDuration::from_secs(second);
            assert_eq!(refuse(&mut refusals, 422, early), due);
        }
        assert_eq!(refuse(&mut refusals, 422, due), due + SignedDuration::from_mins(10));
    }
}
