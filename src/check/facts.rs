//! What was seen of a cluster, and what could not be.

use super::rights::Right;
use crate::kinds::Kind;
use crate::object::Object;
use crate::snapshot::ClusterSnapshot;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was seen, or why it could not be.
pub type Seen<T> = Result<T, String>;

/// When it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallPhase {
    /// Before an installation: nothing of it is expected.
    Before,
    /// After it.
    After,
}

/// All that is checked. Objects stand as the API server sent them.
pub struct Facts {
    pub phase: InstallPhase,
    /// The namespace that is asked about.
    pub namespace: String,
    /// The namespace of the operator that looks after it.
    pub home: String,
    /// Version of this program.
    pub program: String,
    /// The time by the clock of this machine, when the API server said its own.
    pub now: Timestamp,
    pub server: Seen<Server>,
    /// The kinds that the resources are served as.
    pub served: Seen<BTreeMap<Kind, String>>,
    /// The schemas that are served, as OpenAPI.
    pub schemas: Seen<Value>,
    /// The CustomResourceDefinitions, which not everybody may read.
    pub definitions: Seen<Vec<Value>>,
    /// The namespace itself, if it is there.
    pub place: Seen<Option<Value>>,
    /// Deployments in the namespace, and in that of the operator, that run an operator.
    pub operators: Seen<Vec<Value>>,
    /// The same of all other namespaces.
    pub elsewhere: Seen<Vec<Value>>,
    /// Pods of the operator.
    pub operator_pods: Seen<Vec<Value>>,
    pub lease: Seen<Option<Value>>,
    /// The Service that modules are told.
    pub service: Seen<Option<Value>>,
    /// The Secret that the operator has its API token of. None where it names none, or there is none.
    pub token: Seen<Option<Object>>,
    /// What the account may do.
    pub reviews: Seen<Reviews>,
    /// What became of pods that were tried.
    pub trials: Vec<Trial>,
    pub quotas: Seen<Vec<Value>>,
    pub classes: Seen<Vec<Value>>,
    /// The bot, as rendering reads it.
    pub bot: Seen<ClusterSnapshot>,
    /// The kinds of which the bot's objects could not be listed, and why.
    pub unlisted: BTreeMap<Kind, String>,
    /// What each NATS server says of itself.
    pub health: Vec<Health>,
}

/// The API server.
pub struct Server {
    /// As `v1.36.0`.
    pub version: String,
    /// The time by its own clock.
    pub date: Option<Timestamp>,
}

/// What an account may do of what is needed.
pub struct Reviews {
    /// Whose rights these are.
    pub account: String,
    pub answers: Vec<(Right, Seen<bool>)>,
}

/// A pod that the API server was asked to make, without making it.
pub struct Trial {
    /// Whose pod it would be.
    pub of: String,
    /// Whether a bot runs without it.
    pub is_optional: bool,
    pub admission: Seen<Admission>,
}

/// What the API server said of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    Accepted,
    /// Refused, in these words.
    Refused(String),
}

/// What a NATS server says of itself, by its monitoring port.
pub struct Health {
    /// Name of the IpcConfig.
    pub of: String,
    /// The HTTP status of its answer, or why there was none.
    pub status: Seen<u16>,
}

impl Facts {
    /// The time by the API server's clock, as far as it is known: what others wrote is held against it.
    pub fn time(&self) -> Timestamp {
        let date = self.server.as_ref().ok().and_then(|server| server.date);
        date.unwrap_or(self.now)
    }

    /// The resources that the cluster is known not to serve.
    pub fn unserved(&self) -> Vec<Kind> {
        let lacks = |served: &BTreeMap<Kind, String>| {
            Kind::custom().filter(|kind| !served.contains_key(kind)).collect()
        };
        self.served.as_ref().map(lacks).unwrap_or_default()
    }

    /// Whether custom resources of every kind could be listed. Which could not, another line says.
    pub fn sees_all_resources(&self) -> bool {
        !self.unlisted.keys().any(|kind| kind.is_custom())
    }

    /// The Deployments of operators that may act on the namespace, that is all that were seen.
    pub fn all_operators(&self) -> impl Iterator<Item = &Value> {
        let elsewhere = self.elsewhere.as_ref().ok().into_iter().flatten();
        self.operators.as_ref().ok().into_iter().flatten().chain(elsewhere)
    }
}

/// The text at a path; empty where there is none.
pub fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// The items of the list at a path.
pub fn list<'a>(value: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.pointer(path).and_then(Value::as_array).into_iter().flatten()
}

/// A label of an object.
pub fn label<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.pointer("/metadata/labels")?.get(name)?.as_str()
}

/// The name of an object.
pub fn name(value: &Value) -> &str {
    text(value, "/metadata/name")
}

/// The namespace of an object.
pub fn namespace(value: &Value) -> &str {
    text(value, "/metadata/namespace")
}

/// How long ago, in the largest unit of which there are at least two.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs().max(0);
    let units = [(86_400, "d"), (3600, "h"), (60, "min")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    let (length, name) = unit.unwrap_or((1, "s"));
    format!("{} {name} ago", seconds / length)
}

/// Names in a sentence, the first few of many.
pub fn names<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let rest = names.len().saturating_sub(SHOWN);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}
