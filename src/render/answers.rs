//! What the API server said to a request before, and for how long that holds.

use crate::action::ApplyAction;
use crate::object::Object;
use crate::snapshot::{Answer, Outcome};
use crate::source::Source;

/// The code under which an answer is remembered that grants a request and does not keep it.
pub const NOT_KEPT: u16 = 200;

/// Whether neither the live object has changed nor the time to ask again has come.
pub fn still_stands(source: &dyn Source, answer: &Answer) -> bool {
    if let Outcome::Told { retry_at, .. } = answer.outcome {
        return source.now() < retry_at;
    }
    let live = source.get(&answer.target).ok().flatten();
    let live = live.as_deref();
    let generation = live.and_then(Object::generation);
    let same = if generation.is_some() && answer.generation.is_some() {
        generation == answer.generation
    } else {
        live.and_then(Object::resource_version) == answer.resource_version.as_deref()
    };
    same && match answer.outcome {
        Outcome::Refused { retry_at, .. } => source.now() < retry_at,
        Outcome::Rewritten { .. } | Outcome::Told { .. } => true,
    }
}

/// What came of this very request, if nothing has changed since.
pub fn answer_to<'a>(
    source: &dyn Source,
    answers: &'a [Answer],
    action: &ApplyAction,
) -> Option<&'a Outcome> {
    // Most Subjects have none, and a fingerprint costs more than all the rest.
    if answers.is_empty() {
        return None;
    }
    let request = action.verb.fingerprint();
    let is_of_it = |answer: &&Answer| answer.target == action.target && answer.request == request;
    let answer = answers.iter().find(is_of_it)?;
    still_stands(source, answer).then_some(&answer.outcome)
}

/// Holds a request back that the API server has refused, until its back-off time has passed. For
/// Subjects that have no status to say so.
pub fn unless_refused(source: &dyn Source, action: ApplyAction) -> Option<ApplyAction> {
    let answers = source.answers(&action.subject);
    answer_to(source, &answers, &action).is_none().then_some(action)
}
