//! What render decides: requests as data, in the order in which they are to be sent.

use crate::kinds::Kind;
use crate::names::APPLIED_DIGEST;
use crate::object::{Object, ObjectRef};
use crate::question::Question;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// Whose work an action is. Each object has exactly one Subject that may write or delete it, and
/// the actions of one Subject form one batch: a failed one ends it, events apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The operator's own digest key.
    Operator,
    /// The API-token Secret of one namespace.
    Namespace(String),
    /// One custom resource and all that is made for it.
    Resource(ObjectRef),
}

impl Subject {
    /// The Subject of a custom resource.
    pub fn of(kind: Kind, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::Resource(ObjectRef::new(kind, namespace, name))
    }

    /// The custom resource that it is about, where it is about one.
    pub fn resource(&self) -> Option<&ObjectRef> {
        match self {
            Self::Operator | Self::Namespace(_) => None,
            Self::Resource(resource) => Some(resource),
        }
    }

    /// The kind of what it is about, in lowercase, as metrics name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Namespace(_) => "namespace",
            Self::Resource(resource) => resource.kind.singular(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("Operator"),
            Self::Namespace(name) => write!(f, "Namespace {name}"),
            Self::Resource(resource) => resource.fmt(f),
        }
    }
}

/// The state of an object that an action was decided on. The API server answers 409 when the
/// object is no longer in it. A part that is None is not checked: input to offline `render` may
/// lack it, a live object never does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    pub uid: Option<String>,
    pub resource_version: Option<String>,
}

impl Precondition {
    /// The state that an object was seen in.
    pub fn seen(object: &Object) -> Self {
        Self {
            uid: object.uid().map(str::to_owned),
            resource_version: object.resource_version().map(str::to_owned),
        }
    }
}

/// One request to the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyAction {
    pub subject: Subject,
    pub target: ObjectRef,
    pub verb: Verb,
}

/// What is asked of the cluster.
///
/// Its Debug form shows no manifest, so that the data of a Secret cannot reach a log.
#[derive(Clone, PartialEq)]
pub enum Verb {
    /// POST. Answers 409 when the object is there already. For what must never be overwritten.
    Create(Value),
    /// Server-side apply by field manager `eevee-operator`.
    Apply {
        manifest: Value,
        /// The live object that the decision was made on, and which is then forced; None where
        /// there was none: that first apply is not forced, because a conflict means that somebody
        /// else made the object meanwhile.
        seen: Option<Precondition>,
    },
    /// JSON merge patch of an object in the state in which it was seen.
    Patch { patch: Value, seen: Precondition },
    /// Background deletion of an object in the state in which it was seen.
    Delete { seen: Precondition },
    /// JSON merge patch of the status, which `Patch` does not reach, of a resource in the state in
    /// which it was seen, by field manager `eevee-operator-status`. For what server-side apply cannot
    /// mend, because it cannot read it.
    PatchStatus { patch: Value, seen: Precondition },
    /// Server-side apply of the status, whole, by field manager `eevee-operator-status`.
    Status { status: Value, seen: Precondition },
    /// POST of a Kubernetes event about the target. 409 means that it was sent already. A failure
    /// is only counted.
    Event(Event),
    /// Asks what nobody has told yet. Changes nothing; the answer comes later.
    Ask(Box<Question>),
}

impl Verb {
    /// Whether it only says something.
    pub fn tells(&self) -> bool {
        matches!(self, Self::Status { .. } | Self::Event(_))
    }

    /// The word that goldens and metrics use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "Create",
            Self::Apply { .. } => "Apply",
            Self::Patch { .. } => "Patch",
            Self::Delete { .. } => "Delete",
            Self::PatchStatus { .. } => "PatchStatus",
            Self::Status { .. } => "Status",
            Self::Event(_) => "Event",
            Self::Ask(_) => "Ask",
        }
    }
}

impl Verb {
    /// What is asked for, as a digest by which an answer is remembered. Neither a value that is
    /// generated for each snapshot nor the time of it is a part: the same request has the same digest.
    pub fn fingerprint(&self) -> String {
        let body = match self {
            Self::Apply { manifest, .. } => {
                match &manifest["metadata"]["annotations"][APPLIED_DIGEST] {
                    Value::String(digest) => return digest.clone(),
                    _ => without_data(manifest),
                }
            }
            Self::Create(manifest) => without_data(manifest),
            Self::Patch { patch, .. } => without_data(patch),
            Self::Delete { .. } | Self::Event(_) => Value::Null,
            Self::Ask(question) => format!("{question:?}").into(),
            Self::PatchStatus { patch, .. } => patch.clone(),
            Self::Status { status, .. } => without_times(status),
        };
        let mut hash = Sha256::new();
        hash.update(self.name());
        hash.update(body.to_string());
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn without_data(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("data");
    }
    body
}

fn without_times(status: &Value) -> Value {
    let mut status = status.clone();
    let conditions = status.get_mut("conditions").and_then(Value::as_array_mut);
    for condition in conditions.into_iter().flatten().filter_map(Value::as_object_mut) {
        condition.remove("lastTransitionTime");
    }
    if let Some(fields) = status.as_object_mut() {
        fields.remove("firstAvailableTime");
    }
    status
}

impl fmt::Debug for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A Kubernetes event, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Name of the event object, made from what it says, so that a second POST of the same event
    /// is refused.
    pub name: String,
    pub severity: Severity,
    /// One of [`crate::crd::conditions::events`].
    pub reason: &'static str,
    pub message: String,
    /// uid of the resource that the event is about.
    pub regarding_uid: Option<String>,
}

/// The `type` of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Normal,
    Warning,
}

impl Severity {
    /// The value of the event's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}
