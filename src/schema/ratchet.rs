//! What an update that changes nothing is spared.
//!
//! The API server looks for each value's former self. Faults of a value that is found to be
//! unchanged are not held against the update. It finds less than one would think: not the root, as
//! no CRD describes `metadata`, and no item of a list-map whose key is missing.

use super::node::{Child, Node};
use serde_json::Value;

/// The former self of a value.
#[derive(Clone, Copy)]
pub(super) struct Former<'a> {
    /// For `oldSelf`.
    pub(super) value: Option<&'a Value>,
    /// Whether the API server follows this value from the old object to the new one.
    followed: bool,
    /// Whether it, or something around it, is found to be unchanged.
    pub(super) unchanged: bool,
}

impl<'a> Former<'a> {
    /// Of a value that was not there.
    pub(super) const NONE: Former<'static> =
        Former { value: None, followed: false, unchanged: false };

    /// Of a whole object, to which the update does nothing.
    pub(super) fn of(root: &Node, object: &'a Value) -> Self {
        Self { value: Some(object), followed: true, unchanged: is_found_unchanged(root, object) }
    }

    pub(super) fn field(self, node: &Node, name: &str, value: &Value) -> Self {
        self.below(node, self.value.and_then(|former| former.get(name)), value)
    }

    pub(super) fn item(self, list: &Node, node: &Node, item: &Value) -> Self {
        let items = self.value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let former = list.list_keys.as_ref().and_then(|keys| with_same_keys(keys, items, item));
        self.below(node, former, item)
    }

    fn below(self, node: &Node, former: Option<&'a Value>, value: &Value) -> Self {
        let followed = self.followed && former.is_some();
        let is_same = |former: &Value| std::ptr::eq(former, value) || former == value;
        let unchanged = self.unchanged
            || followed && former.is_some_and(is_same) && is_found_unchanged(node, value);
        Self { value: former, followed, unchanged }
    }
}

/// Whether the API server, comparing a value with itself, finds the two equal.
fn is_found_unchanged(node: &Node, value: &Value) -> bool {
    match value {
        Value::Object(_) if node.is_root => false,
        Value::Object(fields) => fields.iter().all(|(name, value)| match node.child(name) {
            Child::Judged(child, _) => is_found_unchanged(child, value),
            Child::Free | Child::Unknown => false,
        }),
        Value::Array(items) => match (&node.list_keys, node.items.as_deref()) {
            (Some(keys), Some(child)) => items.iter().all(|item| {
                with_same_keys(keys, items, item) == Some(item) && is_found_unchanged(child, item)
            }),
            _ => true,
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// The first item whose key fields are those of `item`; none where one is missing or not a scalar.
fn with_same_keys<'a>(keys: &[String], items: &'a [Value], item: &Value) -> Option<&'a Value> {
    let scalar = |key: &String| {
        item.get(key).is_some_and(|key| key.is_boolean() || key.is_number() || key.is_string())
    };
    if keys.is_empty() || !keys.iter().all(scalar) {
        return None;
    }
    items.iter().find(|other| keys.iter().all(|key| other.get(key) == item.get(key)))
}
