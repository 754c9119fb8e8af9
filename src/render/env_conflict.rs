//! Environment variables that somebody else gave a value where we want a source, or the reverse.
//!
//! Server-side apply puts ours beside what another manager owns, and the API server refuses a
//! variable with both. What is theirs is taken off before.

use crate::action::{Precondition, Verb};
use crate::object::Object;
use serde_json::{Map, Value, json};

/// The two ways to fill a variable, of which it may have one.
const VALUE: &str = "value";
const SOURCE: &str = "valueFrom";

/// The merge patch that frees the variables of a Deployment for those that are wanted, if any is
/// taken.
pub fn patch(live: &Object, wanted: &Value) -> Option<Verb> {
    let mut containers = live.at("/spec/template/spec/containers")?.as_array()?.clone();
    let wanted = items(wanted.pointer("/spec/template/spec/containers"));
    let mut is_freed = false;
    for container in &mut containers {
        if let Some(wanted) = named(wanted, container) {
            is_freed |= free_all(container, items(wanted.get("env")));
        }
    }
    let patch = json!({ "spec": { "template": { "spec": { "containers": containers } } } });
    is_freed.then(|| Verb::Patch { patch, seen: Precondition::seen(live) })
}

/// Gives whether any variable was taken.
fn free_all(container: &mut Value, wanted: &[Value]) -> bool {
    let variables = container.get_mut("env").and_then(Value::as_array_mut);
    let mut is_freed = false;
    for variable in variables.into_iter().flatten() {
        let wanted = named(wanted, variable).cloned();
        if let (Some(wanted), Some(live)) = (wanted, variable.as_object_mut()) {
            is_freed |= free(live, &wanted);
        }
    }
    is_freed
}

fn free(live: &mut Map<String, Value>, wanted: &Value) -> bool {
    let wants = |way: &str| wanted.get(way).is_some_and(|filled| !filled.is_null());
    if wants(VALUE) {
        return live.remove(SOURCE).is_some();
    }
    let Some(source) = wanted.get(SOURCE).and_then(Value::as_object) else { return false };
    let mut is_freed = live.remove(VALUE).is_some();
    // A source is one of several kinds, too.
    if let Some(live) = live.get_mut(SOURCE).and_then(Value::as_object_mut) {
        let before = live.len();
        live.retain(|kind, _| source.contains_key(kind));
        is_freed |= live.len() < before;
    }
    // An empty source is refused.
    if live.get(SOURCE).and_then(Value::as_object).is_some_and(Map::is_empty) {
        live.remove(SOURCE);
    }
    is_freed
}

fn items(list: Option<&Value>) -> &[Value] {
    list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn named<'a>(items: &'a [Value], like: &Value) -> Option<&'a Value> {
    items.iter().find(|item| item["name"] == like["name"])
}
