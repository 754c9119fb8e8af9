//! Sets of fields in the form of `metadata.managedFields[].fieldsV1`.
//!
//! A set is a tree of maps. `f:<name>` is a field, `k:<keys>` an item of a list that is merged by
//! key, `v:<value>` an item of a set. A node is in the set when it is empty or holds `.`; the
//! root itself never is.

use super::keys::{self, KeyValue, Shape};
use serde_json::{Map, Value};

/// Marks a node with children as being in the set itself.
pub const SELF: &str = ".";
/// Fields of metadata that nobody owns.
const UNOWNED_METADATA: [&str; 10] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
    "selfLink",
];

/// The set that the API server records for an applied manifest: its leaves, atomic fields, empty
/// maps, and the items of lists merged by key.
pub fn fields_of(manifest: &Value, shape: &Shape) -> Value {
    node_of(&ownable(manifest), shape)
}

/// An object without what nobody owns: its kind, name and what the API server fills in.
pub fn ownable(object: &Value) -> Value {
    let mut ownable = object.as_object().cloned().unwrap_or_default();
    ownable.retain(|name, _| name != "apiVersion" && name != "kind");
    if let Some(metadata) = ownable.get_mut("metadata").and_then(Value::as_object_mut) {
        let is_empty_list = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        metadata.retain(|name, value| {
            !UNOWNED_METADATA.contains(&name.as_str()) && !is_empty_list(value)
        });
        if metadata.is_empty() {
            ownable.remove("metadata");
        }
    }
    Value::Object(ownable)
}

/// The node of one field: empty for what is owned as a whole.
pub fn node_of(value: &Value, shape: &Shape) -> Value {
    let children: Map<String, Value> = match (value, shape) {
        (Value::Object(fields), shape) if shape.is_granular_map() => fields
            .iter()
            .filter(|(name, value)| !is_without_items(value, shape.field(name)))
            .map(|(name, value)| (format!("f:{name}"), node_of(value, shape.field(name))))
            .collect(),
        (Value::Array(items), Shape::Keyed(names, shape)) if are_keyed(items) => {
            items.iter().map(|item| (item_key(item, names), item_node(item, shape))).collect()
        }
        (Value::Array(items), Shape::Set) => {
            items.iter().map(|item| (format!("v:{item}"), Value::Object(Map::new()))).collect()
        }
        _ => Map::new(),
    };
    Value::Object(children)
}

/// An empty list that is merged item by item says nothing.
fn is_without_items(value: &Value, shape: &Shape) -> bool {
    matches!((value, shape), (Value::Array(items), Shape::Keyed(..) | Shape::Set) if items.is_empty())
}

fn item_node(item: &Value, shape: &Shape) -> Value {
    let mut node = node_of(item, shape);
    if let Some(children) = node.as_object_mut().filter(|children| !children.is_empty()) {
        children.insert(SELF.to_owned(), Value::Object(Map::new()));
    }
    node
}

/// Whether the items of a list can be told apart by keys at all.
pub fn are_keyed(items: &[Value]) -> bool {
    items.iter().all(Value::is_object)
}

/// The name of a list item in a set, such as `k:{"name":"module"}`.
pub fn item_key(item: &Value, names: &[&str]) -> String {
    let keys: Map<String, Value> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), keys::key_of(item, name)?.to_value())))
        .collect();
    format!("k:{}", Value::Object(keys))
}

/// What is in either set.
pub fn union(left: &Value, right: &Value) -> Value {
    combine(Some(left), Some(right), |left, right| left || right)
}

/// What is in the first set and not in the second.
pub fn difference(left: &Value, right: &Value) -> Value {
    combine(Some(left), Some(right), |left, right| left && !right)
}

/// What is in both sets.
pub fn intersection(left: &Value, right: &Value) -> Value {
    combine(Some(left), Some(right), |left, right| left && right)
}

/// Whether nothing is in a set.
pub fn is_empty(set: &Value) -> bool {
    set.as_object().is_none_or(Map::is_empty)
}

type Keep = fn(bool, bool) -> bool;

fn combine(left: Option<&Value>, right: Option<&Value>, keep: Keep) -> Value {
    let fields = |node: Option<&Value>| node.and_then(Value::as_object).cloned();
    let names = fields(left).into_iter().chain(fields(right)).flatten().map(|(name, _)| name);
    let mut combined = Map::new();
    for name in names {
        if name == SELF || combined.contains_key(&name) {
            continue;
        }
        let left = left.and_then(|node| node.get(&name));
        let right = right.and_then(|node| node.get(&name));
        let is_kept = keep(left.is_some_and(is_member), right.is_some_and(is_member));
        let mut children = combine(left, right, keep);
        let is_leaf = is_empty(&children);
        if is_kept
            && !is_leaf
            && let Some(children) = children.as_object_mut()
        {
            children.insert(SELF.to_owned(), Value::Object(Map::new()));
        }
        if is_kept || !is_leaf {
            combined.insert(name, children);
        }
    }
    Value::Object(combined)
}

/// Whether a node below the root is in its set itself.
pub fn is_member(node: &Value) -> bool {
    node.as_object().is_none_or(|children| children.is_empty() || children.contains_key(SELF))
}

/// Whether a set holds a field, something inside of it, or the whole that it is part of. A
/// segment is the name of a field, or the name of a list item with its `k:` or `v:`.
///
/// Who owned a list as a whole before its schema told the items apart owns none of them.
pub fn owns(set: &Value, path: &[&str]) -> bool {
    let mut node = set;
    for (depth, segment) in path.iter().enumerate() {
        let is_item = segment.starts_with("k:") || segment.starts_with("v:");
        if depth > 0 && is_empty(node) {
            return !is_item;
        }
        let child =
            if is_item { node.get(*segment) } else { node.get(format!("f:{segment}").as_str()) };
        match child {
            Some(child) => node = child,
            None => return false,
        }
    }
    !path.is_empty() || !is_empty(set)
}

/// The part of a value that a set holds, if any: its leaves, and what leads to them. Of a
/// list that is owned as a whole, that is the list without the items that can be told apart.
pub fn part(value: &Value, set: &Value) -> Option<Value> {
    if is_empty(set) {
        let is_told_apart = value.as_array().is_some_and(|items| are_keyed(items));
        return (!is_told_apart).then(|| value.clone());
    }
    match value {
        Value::Object(fields) => {
            let parts = fields.iter().filter_map(|(name, value)| {
                let set = set.get(format!("f:{name}"))?;
                Some((name.clone(), part(value, set)?))
            });
            Some(Value::Object(parts.collect())).filter(|part| !is_hollow(part))
        }
        Value::Array(items) => {
            let sets = set.as_object().into_iter().flatten();
            let parts = items.iter().filter_map(|item| {
                let (_, set) = sets.clone().find(|(name, _)| is_item(item, name))?;
                part(item, set)
            });
            Some(Value::Array(parts.collect())).filter(|part| !is_hollow(part))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Takes the leaves of a set out of an object, and every map, list and item that is emptied by
/// that.
pub fn remove(object: &mut Value, set: &Value) {
    take(object, set, false);
}

/// Takes the fields and items of a set out of an object, with all that is in them and every map
/// and list that is emptied by that.
pub fn remove_whole(object: &mut Value, set: &Value) {
    take(object, set, true);
}

/// Gives whether the value was emptied.
fn take(value: &mut Value, node: &Value, whole: bool) -> bool {
    let Some(children) = node.as_object() else { return false };
    let mut is_changed = false;
    for (name, child) in children.iter().filter(|(name, _)| *name != SELF) {
        let is_gone = |value: &mut Value| {
            is_empty(child) || whole && is_member(child) || take(value, child, whole)
        };
        is_changed |= take_child(value, name, is_gone);
    }
    is_changed && is_hollow(value)
}

/// Gives whether a child was taken out.
fn take_child(value: &mut Value, name: &str, is_gone: impl Fn(&mut Value) -> bool) -> bool {
    match value {
        Value::Object(fields) => {
            let Some(field) = name.strip_prefix("f:") else { return false };
            let taken = fields.get_mut(field).is_some_and(is_gone);
            if taken {
                fields.remove(field);
            }
            taken
        }
        Value::Array(items) => {
            let before = items.len();
            items.retain_mut(|item| !(is_item(item, name) && is_gone(item)));
            items.len() < before
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The item of a list that a name in a set speaks of.
pub fn item<'a>(items: &'a [Value], name: &str) -> Option<&'a Value> {
    items.iter().find(|item| is_item(item, name))
}

/// Whether a list item is the one that a name in a set speaks of.
fn is_item(item: &Value, name: &str) -> bool {
    if let Some(value) = name.strip_prefix("v:") {
        return serde_json::from_str::<Value>(value).is_ok_and(|value| value == *item);
    }
    let Some(Ok(Value::Object(keys))) = name.strip_prefix("k:").map(serde_json::from_str) else {
        return false;
    };
    !keys.is_empty()
        && keys.iter().all(|(key, value)| keys::key_of(item, key) == Some(KeyValue::Set(value)))
}
