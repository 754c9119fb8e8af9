//! What the API server would not do, so that the same wish is not sent again and again.

use crate::action::{ApplyAction, Subject};
use crate::object::{Object, ObjectRef};
use crate::snapshot::{Answer, Refusal};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Time after which a refused wish is sent again for the first time. It doubles up to the limit.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(5);
const LAST_RETRY: SignedDuration = SignedDuration::from_hours(1);
/// More are not remembered for one Subject: it has fewer objects than that.
const MOST: usize = 16;

/// The refusals of every Subject.
#[derive(Default)]
pub struct Refusals(BTreeMap<Subject, Vec<Remembered>>);

struct Remembered {
    refusal: Refusal,
    times: u32,
}

impl Refusals {
    /// All that is remembered for a Subject.
    pub fn of(&self, subject: &Subject) -> Vec<Refusal> {
        let remembered = self.0.get(subject).into_iter().flatten();
        remembered.map(|remembered| remembered.refusal.clone()).collect()
    }

    /// When the next refused wish of a Subject may be sent again.
    pub fn next_retry(&self, subject: &Subject, now: Timestamp) -> Option<Timestamp> {
        let retries = self.0.get(subject).into_iter().flatten().filter_map(|remembered| {
            match remembered.refusal.answer {
                Answer::Refused { retry_at, .. } => Some(retry_at),
                Answer::Rewritten { .. } => None,
            }
        });
        retries.filter(|at| *at > now).min()
    }

    /// Remembers that a wish was refused with a status code. `live` is the object as it is.
    pub fn refused(
        &mut self,
        action: &ApplyAction,
        live: Option<&Object>,
        code: u16,
        message: String,
        now: Timestamp,
    ) {
        let verb = action.verb.name().to_owned();
        self.remember(action, live, |times| {
            let wait = LAST_RETRY.min(FIRST_RETRY * 2_i32.pow(times.min(8)));
            Answer::Refused {
                verb,
                code,
                message,
                retry_at: now.saturating_add(wait).unwrap_or(now),
            }
        });
    }

    /// Remembers that a wish was accepted, but that a field of the answer is another than asked for.
    pub fn rewritten(&mut self, action: &ApplyAction, answer: &Object, field: String) {
        self.remember(action, Some(answer), |_| Answer::Rewritten { field });
    }

    /// Forgets the refusals of an object: what was asked for has been done.
    pub fn accepted(&mut self, subject: &Subject, target: &ObjectRef) {
        if let Some(remembered) = self.0.get_mut(subject) {
            remembered.retain(|remembered| remembered.refusal.target != *target);
            if remembered.is_empty() {
                self.0.remove(subject);
            }
        }
    }

    /// Forgets a Subject.
    pub fn forget(&mut self, subject: &Subject) {
        self.0.remove(subject);
    }

    fn remember(
        &mut self,
        action: &ApplyAction,
        live: Option<&Object>,
        answer: impl FnOnce(u32) -> Answer,
    ) {
        let wish = action.verb.wish();
        let remembered = self.0.entry(action.subject.clone()).or_default();
        let is_same = |known: &Remembered| {
            known.refusal.target == action.target && known.refusal.wish == wish
        };
        let before = remembered.iter().position(is_same).map(|at| remembered.remove(at));
        let times = before.map_or(0, |before| before.times);
        remembered.push(Remembered {
            refusal: Refusal {
                target: action.target.clone(),
                resource_version: live.and_then(|live| live.resource_version()).map(str::to_owned),
                generation: live.and_then(Object::generation),
                answer: answer(times),
                wish,
            },
            times: times + 1,
        });
        if remembered.len() > MOST {
            remembered.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Verb;
    use crate::object::Kind;
    use serde_json::json;

    fn action() -> ApplyAction {
        let manifest = json!({ "kind": "Deployment" });
        ApplyAction {
            subject: Subject::Operator,
            target: ObjectRef::new(Kind::Deployment, "bot", "echo"),
            verb: Verb::Apply { manifest, seen: None },
        }
    }

    /// Minutes after which a wish is sent again that is refused once more each time.
    fn waits(refusals: &mut Refusals, times: usize) -> Vec<i64> {
        let now = Timestamp::UNIX_EPOCH;
        let mut wait = || {
            refusals.refused(&action(), None, 422, "no".to_owned(), now);
            let at = refusals.next_retry(&Subject::Operator, now).expect("a time");
            at.duration_since(now).as_mins()
        };
        (0..times).map(|_| wait()).collect()
    }

    #[test]
    fn a_wish_waits_five_minutes_and_longer_each_time_up_to_an_hour() {
        let mut refusals = Refusals::default();
        assert_eq!(waits(&mut refusals, 6), [5, 10, 20, 40, 60, 60]);
        refusals.accepted(&Subject::Operator, &action().target);
        assert_eq!(waits(&mut refusals, 1), [5]);
    }
}
