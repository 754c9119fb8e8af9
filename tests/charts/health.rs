//! What other programs are to make of the statuses that the operator writes: those that it writes in every fixture, with what
//! the tables of the operator say about their reasons.

use crate::support::fixtures;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::crd::conditions::{KStatus, Truth, reasons, types};
use eevee_operator::offline::admitted;
use eevee_operator::render::render;
use eevee_operator::snapshot::ClusterSnapshot;
use serde_json::{Value, json};

/// A resource with its status.
pub struct Case {
    pub name: String,
    pub object: Value,
}

/// How a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    Healthy,
    Progressing,
    Degraded,
    Suspended,
}

/// Every status of every fixture, some before the operator has looked, and some of another generation.
pub fn cases() -> Vec<Case> {
    let mut cases = vec![new("without a status", Value::Null)];
    cases.push(new("as the API server makes it", json!({ "observedGeneration": -1 })));
    // As CRDs of the TypeScript operator emptied them.
    let emptied = json!({ "observedGeneration": 1, "conditions": [{}] });
    cases.push(new("with an emptied condition", emptied));
    for fixture in fixtures("ok") {
        let loaded = fixture.load().unwrap_or_else(|why| panic!("{}: {why}", fixture.name));
        let world = admitted(loaded);
        let actions = render(world.snapshot());
        for action in &actions {
            let Some(object) = with_status(world.snapshot(), action) else { continue };
            let name = format!("{}, {}", fixture.name, action.target);
            let mut later = object.clone();
            later["metadata"]["generation"] = 1000.into();
            cases.push(Case { name: format!("{name}, changed since"), object: later });
            cases.push(Case { name, object });
        }
    }
    assert!(cases.len() > 300, "only {} statuses were found", cases.len());
    cases
}

fn new(name: &str, status: Value) -> Case {
    let mut object = json!({ "kind": "BotModule", "metadata": { "generation": 1 } });
    if !status.is_null() {
        object["status"] = status;
    }
    Case { name: name.to_owned(), object }
}

/// A resource as it is once its status is written.
fn with_status(snapshot: &ClusterSnapshot, action: &ApplyAction) -> Option<Value> {
    let Verb::Status { status, .. } = &action.verb else { return None };
    let live = snapshot.get(&action.target).ok()??;
    let generation = live.at("/metadata/generation")?.clone();
    let kind = live.at("/kind")?.clone();
    Some(json!({ "kind": kind, "metadata": { "generation": generation }, "status": status }))
}

impl Case {
    /// A condition of a type.
    pub fn condition(&self, kind: &str) -> Option<&Value> {
        let conditions = self.object["status"]["conditions"].as_array()?;
        conditions.iter().find(|condition| condition["type"] == kind)
    }

    pub fn is_paused(&self) -> bool {
        self.has(types::PAUSED)
    }

    /// Whether a condition of a type is True.
    fn has(&self, kind: &str) -> bool {
        self.condition(kind).is_some_and(|condition| condition["status"] == "True")
    }

    /// By the operator's own tables. Whether it is paused does not matter.
    pub fn health(&self) -> Health {
        let seen = &self.object["status"]["observedGeneration"];
        let ready = self.condition(types::READY);
        let Some(ready) = ready.filter(|_| *seen == self.object["metadata"]["generation"]) else {
            return Health::Progressing;
        };
        let reason = reasons::of(ready["reason"].as_str().expect("a reason")).expect("a known one");
        match (reason.truth, reason.progress) {
            _ if reason == reasons::DISABLED || reason == reasons::DEPLOYMENT_PAUSED => {
                Health::Suspended
            }
            (Truth::True, _) => Health::Healthy,
            // What is missing is not waited for without end.
            (Truth::False, KStatus::Waiting) if self.has(types::STALLED) => Health::Degraded,
            (Truth::Unknown, _) | (Truth::False, KStatus::Reconciling | KStatus::Waiting) => {
                Health::Progressing
            }
            (Truth::False, KStatus::Settled | KStatus::Stalled) => Health::Degraded,
        }
    }
}
