//! Answers to a request that says `fits`: the API server refused what is to be applied today, or a
//! question has been answered that is asked today.

use super::place::{FITS, applied_digest};
use super::{Unfilled, admitted, desired};
use crate::action::{ApplyAction, Subject, Verb};
use crate::object::ObjectRef;
use crate::question::Fact;
use crate::render::{self, Manifests};
use crate::snapshot::{Answer, ClusterSnapshot, Outcome};
use jiff::Timestamp;
use serde_json::Value;

pub fn are_said(snapshot: &ClusterSnapshot) -> bool {
    snapshot.answers.values().flatten().any(|answer| answer.request == FITS)
}

pub fn fill(snapshot: &mut ClusterSnapshot) -> Vec<Unfilled> {
    if !are_said(snapshot) {
        return Vec::new();
    }
    let admitted = admitted(snapshot);
    find_questions(snapshot, &admitted);
    let desired = desired(&admitted);
    let mut unfilled = Vec::new();
    for answers in snapshot.answers.values_mut() {
        answers.retain_mut(|answer| {
            if answer.request != FITS {
                return true;
            }
            let request = match answer.outcome {
                Outcome::Told { .. } => None,
                Outcome::Refused { .. } | Outcome::Rewritten { .. } => {
                    request(&desired, &answer.target)
                }
            };
            if request.is_none() {
                unfilled.push(no_request(answer));
            }
            request.map(|request| answer.request = request).is_some()
        });
    }
    unfilled
}

fn request(desired: &Manifests, target: &ObjectRef) -> Option<String> {
    let digest = desired.get(target)?.pointer(&applied_digest()).and_then(Value::as_str);
    digest.map(str::to_owned)
}

/// A question may be asked only when another one is answered: they are looked for until no more are found.
fn find_questions(snapshot: &mut ClusterSnapshot, admitted: &ClusterSnapshot) {
    let mut asking = admitted.clone();
    for answers in asking.answers.values_mut() {
        answers.retain(|answer| answer.request != FITS);
    }
    while let Some((subject, answer)) = next_question(snapshot, &asking) {
        asking.answers.entry(subject).or_default().push(answer);
    }
}

/// Fills in the next answer whose question is asked, and gives one that does not become too old.
fn next_question(
    snapshot: &mut ClusterSnapshot,
    asking: &ClusterSnapshot,
) -> Option<(Subject, Answer)> {
    for (subject, answers) in &mut snapshot.answers {
        let mut open = answers.iter_mut().filter(|answer| answer.request == FITS).peekable();
        if open.peek().is_none() {
            continue;
        }
        let actions = render::render_subject(asking, subject).actions;
        for answer in open {
            let Outcome::Told { fact, .. } = &answer.outcome else { continue };
            let Some(asked) = actions.iter().find(|action| asks(action, &answer.target, fact))
            else {
                continue;
            };
            answer.request = asked.verb.fingerprint();
            let outcome = Outcome::Told { fact: fact.clone(), retry_at: Timestamp::MAX };
            return Some((subject.clone(), Answer { outcome, ..answer.clone() }));
        }
    }
    None
}

fn asks(action: &ApplyAction, target: &ObjectRef, fact: &Fact) -> bool {
    let Verb::Ask(question) = &action.verb else { return false };
    action.target == *target && question.fits(fact)
}

fn no_request(Answer { target, outcome, .. }: &Answer) -> Unfilled {
    let why = match outcome {
        Outcome::Told { .. } => format!(
            "answers: the question about {target} is \"{FITS}\", which stands for what the operator would ask, and it would ask nothing there that this answers: add or mend the resource that asks, or write out a digest"
        ),
        Outcome::Refused { .. } | Outcome::Rewritten { .. } => format!(
            "answers: the request for {target} is \"{FITS}\", which stands for what the operator would apply, and it would apply nothing there: add or mend the resource that asks for the object, or write out a digest"
        ),
    };
    Unfilled { object: None, pointer: "/answers".to_owned(), why }
}
