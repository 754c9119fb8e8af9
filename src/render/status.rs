//! What a live status says, and whose it is.

use crate::crd::conditions::types;
use crate::fields::{self, legible, owned};
use crate::names;
use crate::object::Object;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Whether somebody has asked to leave a resource alone.
pub fn is_paused(resource: &Object) -> bool {
    resource.annotation(names::PAUSED) == Some("true")
}

/// One condition of a live status.
pub fn live_condition<'a>(resource: &'a Object, kind: &str) -> Option<&'a Value> {
    let conditions = resource.at("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| kind_of(condition) == kind)
}

/// `2026-11-23T15:04:05Z`, as Kubernetes writes times.
pub fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether a live status already says all this, and nothing of the operator beyond it. What other
/// managers keep in it does not matter: it would be written again for ever.
pub fn says_the_same(resource: &Object, wanted: &Value) -> bool {
    let nothing = json!({});
    let live = resource.at("/status").unwrap_or(&nothing);
    let is_others = |kind: &str| {
        let item = format!("k:{}", json!({ "type": kind }));
        others_own(resource, &["status", "conditions", &item])
    };
    let is_surplus_condition = |kind: &&str| {
        live_condition(resource, kind).is_some() && !has(wanted, kind) && !is_others(kind)
    };
    let is_surplus_field = |field: &&str| {
        live.get(field).is_some()
            && wanted.get(field).is_none()
            && !others_own(resource, &["status", field])
    };
    fields::says(live, wanted)
        && !types::ALL.iter().any(is_surplus_condition)
        && !OWN_FIELDS.iter().any(is_surplus_field)
}

/// Whether a status says of the replicas alone something else than the live one. It may wait while
/// a rollout is under way, when the numbers change several times a second.
pub fn counts_alone_differ(resource: &Object, wanted: &Value) -> bool {
    let mut wanted = wanted.clone();
    if let Some(fields) = wanted.as_object_mut() {
        fields.retain(|field, _| !COUNTS.contains(&field.as_str()));
    }
    let nothing = json!({});
    let live = resource.at("/status").unwrap_or(&nothing);
    let has_conditions = live.get(CONDITIONS).is_some();
    let same_conditions = conditions_of(live) == conditions_of(&wanted);
    has_conditions && same_conditions && fields::says(live, &wanted)
}

fn conditions_of(status: &Value) -> BTreeSet<&str> {
    let conditions = status.get(CONDITIONS).and_then(Value::as_array);
    conditions.into_iter().flatten().map(kind_of).collect()
}

const COUNTS: [&str; 2] = ["replicas", "readyReplicas"];

/// Whether a field stays when we stop to apply it.
fn others_own(resource: &Object, path: &[&str]) -> bool {
    let managers = resource.at("/metadata/managedFields").and_then(Value::as_array);
    managers.into_iter().flatten().any(|entry| {
        entry["manager"] != names::STATUS_MANAGER && owned::owns(&entry["fieldsV1"], path)
    })
}

/// The fields that the operator writes: all that its types have. Whose conditions are whose is told
/// by their types.
static OWN_FIELDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    legible::status_fields().into_iter().filter(|field| *field != CONDITIONS).collect()
});

const CONDITIONS: &str = "conditions";

/// Field of a status: when the resource was first seen available.
pub const FIRST_AVAILABLE: &str = "firstAvailableTime";

fn has(status: &Value, kind: &str) -> bool {
    let conditions = status.get(CONDITIONS).and_then(Value::as_array);
    conditions.is_some_and(|conditions| conditions.iter().any(|one| kind_of(one) == kind))
}

/// The fields of a live status that the operator writes.
pub fn kept_fields(resource: &Object) -> Map<String, Value> {
    let live = resource.at("/status").and_then(Value::as_object);
    let own = live.into_iter().flatten().filter(|(field, _)| OWN_FIELDS.contains(field.as_str()));
    own.map(|(field, value)| (field.clone(), value.clone())).collect()
}

/// The type of a condition.
pub fn kind_of(condition: &Value) -> &str {
    condition.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// What of a live status is ours: server-side apply takes off what we do not apply any more, and
/// takes from others what we do.
pub fn own_status(resource: &Object) -> Map<String, Value> {
    let managers = resource.at("/metadata/managedFields").and_then(Value::as_array);
    let Some(managers) = managers.filter(|managers| !managers.is_empty()) else {
        // Where nobody is recorded, it goes by the names.
        let mut status = kept_fields(resource);
        let conditions = types::ALL.into_iter().filter_map(|kind| live_condition(resource, kind));
        status.insert(CONDITIONS.to_owned(), conditions.cloned().collect());
        return status;
    };
    let ours = managers.iter().find(|entry| {
        entry["manager"] == names::STATUS_MANAGER
            && entry["operation"] == "Apply"
            && entry["subresource"] == "status"
    });
    let set = ours.map(|entry| &entry["fieldsV1"]["f:status"]);
    let part = set.zip(resource.at("/status")).and_then(|(set, live)| owned::part(live, set));
    match part {
        Some(Value::Object(status)) => status,
        _ => Map::new(),
    }
}
