//! All that the operator would write for a bot, known beforehand.

use crate::support::path_of;
use eevee_operator::action::{ApplyAction, Subject, Verb};
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{Defaults, Input, load};
use eevee_operator::object::ObjectRef;
use eevee_operator::offline;
use eevee_operator::render::render;
use eevee_operator::snapshot::{Entropy, Settings};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One server-side apply.
pub struct Write {
    /// Path and query.
    pub uri: String,
    pub body: Value,
}

/// Writes in the order in which they are to be made.
pub struct Plan {
    /// For what all modules share.
    pub shared: Vec<Write>,
    pub modules: Vec<Vec<Write>>,
}

impl Plan {
    pub fn writes(&self) -> usize {
        self.shared.len() + self.modules.iter().map(Vec::len).sum::<usize>()
    }
}

/// Rounds after which a bot is settled: the token and the digest key, what waits for them, its status, a round to see
/// that nothing is left.
const ROUNDS: usize = 6;

/// What the operator would have written in the end for these custom resources: each object once, then the status.
pub fn plan(resources: &[Value], namespace: &str) -> Plan {
    let text = resources.iter().map(|resource| format!("---\n{resource}\n")).collect();
    let source = Input { name: "the cluster".to_owned(), text };
    let loaded = load(&[source], defaults(namespace)).unwrap_or_else(|error| panic!("{error}"));
    let mut world = offline::admitted(loaded);
    let mut wanted = Wanted::default();
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        if actions.is_empty() {
            return wanted.into_plan();
        }
        world.perform_all(&actions);
        world.settle_workloads();
        for action in actions {
            wanted.add(action);
        }
    }
    panic!("the bot does not settle in {ROUNDS} rounds");
}

fn defaults(namespace: &str) -> Defaults {
    Defaults {
        settings: Settings { namespace: namespace.to_owned(), ..Settings::default() },
        namespace: namespace.to_owned(),
        now: Timestamp::now(),
        entropy: Entropy([7; 32]),
    }
}

/// The last form of each object and status.
#[derive(Default)]
struct Wanted {
    objects: BTreeMap<Subject, BTreeMap<ObjectRef, Value>>,
    statuses: BTreeMap<Subject, Value>,
}

impl Wanted {
    fn add(&mut self, action: ApplyAction) {
        let ApplyAction { subject, target, verb } = action;
        match verb {
            Verb::Create(manifest) | Verb::Apply { manifest, .. } => {
                self.objects.entry(subject).or_default().insert(target, manifest);
            }
            Verb::Status { status, .. } => {
                let body = json!({
                    "apiVersion": target.kind.api_version(),
                    "kind": target.kind.name(),
                    "metadata": { "name": target.name, "namespace": target.namespace },
                    "status": status,
                });
                self.statuses.insert(subject, body);
            }
            // No object is changed in place where there was none, and events are no part of the comparison.
            Verb::Patch { .. }
            | Verb::PatchStatus { .. }
            | Verb::Delete { .. }
            | Verb::Event(_)
            | Verb::Ask(_) => {}
        }
    }

    fn into_plan(mut self) -> Plan {
        let mut plan = Plan { shared: Vec::new(), modules: Vec::new() };
        for (subject, objects) in self.objects {
            let objects = objects.into_values().map(|body| write(body, "", "eevee-operator"));
            let status = self.statuses.remove(&subject);
            let status = status.map(|body| write(body, "/status", "eevee-operator-status"));
            let writes = objects.chain(status);
            match subject {
                Subject::Resource(at) if at.kind == Kind::BotModule => {
                    plan.modules.push(writes.collect());
                }
                Subject::Operator | Subject::Namespace(_) | Subject::Resource(_) => {
                    plan.shared.extend(writes);
                }
            }
        }
        plan
    }
}

fn write(body: Value, subresource: &str, manager: &str) -> Write {
    let uri = format!("{}{subresource}?fieldManager={manager}&force=true", path_of(&body));
    Write { uri, body }
}
