//! In which fields two objects differ.

use crate::fields::keys::{self, Shape};
use crate::fields::owned;
use crate::kinds::shape_of;
use serde_json::{Map, Value};

/// Fields that a built-in object has even when they are empty: nobody adds them.
const ALWAYS_THERE: [&str; 7] =
    ["f:metadata", "f:spec", "f:status", "f:template", "f:strategy", "f:containers", "f:resources"];

/// Sets of fields in the form of `fieldsV1`.
pub(super) struct FieldSets {
    /// Added, or there with another value.
    pub set: Value,
    pub removed: Value,
}

/// What it takes to come from one object to another, as far as anybody can own it.
pub(super) fn compare(old: &Value, new: &Value) -> FieldSets {
    let mut change = Sets::default();
    change.compare(&owned::ownable(old), &owned::ownable(new), shape_of(new));
    FieldSets { set: Value::Object(change.set), removed: Value::Object(change.removed) }
}

/// A set with all the fields that lead to its members. Taking such a set out of an object takes
/// emptied maps, too, with what the API server had filled in.
pub(super) fn with_ways(set: &Value) -> Value {
    marked(set, &|name| name.starts_with("f:"))
}

#[derive(Default)]
struct Sets {
    set: Map<String, Value>,
    removed: Map<String, Value>,
}

impl Sets {
    fn compare(&mut self, old: &Value, new: &Value, shape: &Shape) {
        let old = children(old, shape);
        let new = children(new, shape);
        for (name, (before, shape)) in &old {
            self.child(name, Some(before), new.get(name).map(|(after, _)| *after), shape);
        }
        for (name, (after, shape)) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            self.child(name, None, Some(after), shape);
        }
    }

    fn child(&mut self, name: &str, old: Option<&Value>, new: Option<&Value>, shape: &Shape) {
        match (old, new) {
            (None, None) => {}
            (None, Some(new)) => {
                self.set.insert(name.to_owned(), whole(name, new, shape));
            }
            (Some(old), None) => {
                self.removed.insert(name.to_owned(), whole(name, old, shape));
            }
            (Some(old), Some(new)) if old == new => {}
            (Some(old), Some(new)) if is_merged(old, new, shape) => {
                let mut inner = Self::default();
                inner.compare(old, new, shape);
                for (outer, inner) in
                    [(&mut self.set, inner.set), (&mut self.removed, inner.removed)]
                {
                    if !inner.is_empty() {
                        outer.insert(name.to_owned(), Value::Object(inner));
                    }
                }
            }
            (Some(_), Some(_)) => {
                self.set.insert(name.to_owned(), Value::Object(Map::new()));
            }
        }
    }
}

fn is_merged(old: &Value, new: &Value, shape: &Shape) -> bool {
    match (old, new, shape) {
        (Value::Object(_), Value::Object(_), shape) => shape.is_granular_map(),
        (Value::Array(old), Value::Array(new), Shape::Keyed(..)) => {
            owned::are_keyed(old) && owned::are_keyed(new)
        }
        (Value::Array(_), Value::Array(_), Shape::Set) => true,
        _ => false,
    }
}

type Children<'a> = std::collections::BTreeMap<String, (&'a Value, &'a Shape)>;

/// Fields and items by their names in a set. Null is absent.
fn children<'a>(value: &'a Value, shape: &'a Shape) -> Children<'a> {
    match (value, shape) {
        (Value::Object(fields), shape) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (format!("f:{name}"), (value, shape.field(name))))
            .collect(),
        (Value::Array(items), Shape::Keyed(names, shape)) => {
            items.iter().map(|item| (owned::item_key(item, names), (item, *shape))).collect()
        }
        (Value::Array(items), _) => {
            items.iter().map(|item| (format!("v:{item}"), (item, &keys::PLAIN))).collect()
        }
        _ => Children::new(),
    }
}

/// The node of a field that came or went with all that is in it.
fn whole(name: &str, value: &Value, shape: &Shape) -> Value {
    let mut holder = Map::new();
    holder.insert(name.to_owned(), owned::node_of(value, shape));
    let marked = marked(&Value::Object(holder), &|name| !ALWAYS_THERE.contains(&name));
    marked.get(name).cloned().unwrap_or(Value::Null)
}

/// A set with those of its inner nodes as members that have such names.
fn marked(set: &Value, is_member: &dyn Fn(&str) -> bool) -> Value {
    let Some(nodes) = set.as_object() else { return set.clone() };
    let mark = |(name, node): (&String, &Value)| {
        let mut node = marked(node, is_member);
        if let Some(children) = node.as_object_mut().filter(|c| is_member(name) && !c.is_empty()) {
            children.insert(".".to_owned(), Value::Object(Map::new()));
        }
        (name.clone(), node)
    };
    Value::Object(nodes.iter().map(mark).collect())
}
