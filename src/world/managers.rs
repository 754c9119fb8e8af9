//! `metadata.managedFields`: who owns which fields.

use super::compare::compare;
use crate::fields::owned;
use crate::names::{OPERATOR, STATUS_MANAGER};
use crate::object::ObjectRef;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Who writes, and how.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    manager: String,
    operation: String,
    api_version: String,
    subresource: String,
}

impl Identity {
    fn new(target: &ObjectRef, manager: &str, operation: &str, subresource: &str) -> Self {
        Self {
            manager: manager.to_owned(),
            operation: operation.to_owned(),
            api_version: target.kind.api_version().to_owned(),
            subresource: subresource.to_owned(),
        }
    }

    /// The operator, by POST or merge patch.
    pub fn writer(target: &ObjectRef) -> Self {
        Self::new(target, OPERATOR, "Update", "")
    }

    /// Another client, by PUT.
    pub fn client(target: &ObjectRef, manager: &str) -> Self {
        Self::new(target, manager, "Update", "")
    }

    /// The operator, by server-side apply.
    pub fn applier(target: &ObjectRef) -> Self {
        Self::new(target, OPERATOR, "Apply", "")
    }

    /// The operator, by server-side apply of a status.
    pub fn status_applier(target: &ObjectRef) -> Self {
        Self::new(target, STATUS_MANAGER, "Apply", "status")
    }

    /// The operator, by merge patch of a status.
    pub fn status_writer(target: &ObjectRef) -> Self {
        Self::new(target, STATUS_MANAGER, "Update", "status")
    }

    /// Whoever wrote a status of which nobody is recorded.
    pub fn before_first_apply(target: &ObjectRef) -> Self {
        Self::new(target, "before-first-apply", "Update", "status")
    }

    /// The cluster's own controllers.
    pub fn controllers(target: &ObjectRef) -> Self {
        Self::new(target, "kube-controller-manager", "Update", "status")
    }

    /// Whether this is the status of an object, not the object.
    pub fn is_status(&self) -> bool {
        self.subresource == "status"
    }

    /// One who applies stays the same across versions of the API.
    fn is(&self, other: &Self) -> bool {
        self.manager == other.manager
            && self.operation == other.operation
            && self.subresource == other.subresource
            && (self.operation == "Apply" || self.api_version == other.api_version)
    }

    /// As messages name it.
    pub fn describe(&self) -> String {
        match self.operation.as_str() {
            "Apply" => format!("\"{}\"", self.manager),
            _ => format!("\"{}\" using {}", self.manager, self.api_version),
        }
    }
}

#[derive(Clone, Debug)]
struct Entry {
    identity: Identity,
    time: String,
    set: Value,
}

/// The entries of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Managers(Vec<Entry>);

impl Managers {
    /// Reads them from an object. What is no entry is left out.
    pub fn of(object: &Value) -> Self {
        let entries = object.pointer("/metadata/managedFields").and_then(Value::as_array);
        Self(entries.into_iter().flatten().filter_map(read).collect())
    }

    /// Whether nobody is recorded.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What one owns.
    pub fn set_of(&self, identity: &Identity) -> Option<&Value> {
        self.0.iter().find(|entry| entry.identity.is(identity)).map(|entry| &entry.set)
    }

    /// What anybody owns.
    pub fn everything(&self) -> Value {
        self.0.iter().fold(json!({}), |all, entry| owned::union(&all, &entry.set))
    }

    /// Everybody else, with what they own.
    pub fn others(&self, identity: &Identity) -> impl Iterator<Item = (&Identity, &Value)> {
        self.0
            .iter()
            .filter(move |entry| !entry.identity.is(identity))
            .map(|entry| (&entry.identity, &entry.set))
    }

    /// Sets what one owns.
    pub fn put(&mut self, identity: &Identity, set: Value, now: Timestamp) {
        self.0.retain(|entry| !entry.identity.is(identity));
        if !owned::is_empty(&set) {
            self.0.push(Entry { identity: identity.clone(), time: now.to_string(), set });
        }
    }

    /// Takes a set of fields from everybody else.
    pub fn take_from_others(&mut self, identity: &Identity, set: &Value) {
        for entry in self.0.iter_mut().filter(|entry| !entry.identity.is(identity)) {
            entry.set = owned::difference(&entry.set, set);
        }
        self.0.retain(|entry| !owned::is_empty(&entry.set));
    }

    /// Notes a change that was made without server-side apply: who changes a field owns it. Where
    /// nobody is recorded, an API server records nobody before the first apply.
    pub fn update(&mut self, identity: &Identity, old: &Value, new: &Value, now: Timestamp) {
        if self.is_empty() && !old.is_null() {
            return;
        }
        let change = compare(old, new);
        self.take_from_others(identity, &owned::union(&change.set, &change.removed));
        if owned::is_empty(&change.set) && owned::is_empty(&change.removed) {
            return;
        }
        let before = self.set_of(identity).cloned().unwrap_or_else(|| json!({}));
        let kept = owned::difference(&before, &change.removed);
        self.put(identity, owned::union(&kept, &change.set), now);
    }

    /// Whether two record the same, whatever the times.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().all(|entry| other.set_of(&entry.identity) == Some(&entry.set))
    }

    /// The list as it stands in an object, in the order of the API server.
    pub fn to_value(&self) -> Value {
        let mut entries: Vec<&Entry> = self.0.iter().collect();
        entries
            .sort_by_key(|entry| (&entry.identity.operation, &entry.time, &entry.identity.manager));
        Value::Array(entries.into_iter().map(write).collect())
    }
}

fn read(entry: &Value) -> Option<Entry> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let identity = Identity {
        manager: text("manager"),
        operation: text("operation"),
        api_version: text("apiVersion"),
        subresource: text("subresource"),
    };
    let set = entry.get("fieldsV1").filter(|set| set.is_object())?.clone();
    let is_named = !identity.manager.is_empty() && !identity.operation.is_empty();
    is_named.then(|| Entry { identity, time: text("time"), set })
}

fn write(entry: &Entry) -> Value {
    let mut value = json!({
        "manager": entry.identity.manager,
        "operation": entry.identity.operation,
        "apiVersion": entry.identity.api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.set,
    });
    for (name, text) in [("time", &entry.time), ("subresource", &entry.identity.subresource)] {
        if !text.is_empty() {
            value[name] = Value::from(text.as_str());
        }
    }
    value
}
