//! The first seconds of a resource, in which its status may wait for something to say.
//!
//! Most resources are Ready within seconds. A status that says before no more than that it is being
//! made costs a write, and tells nobody anything: until there is a first status, the default in
//! the CRD says that nobody has looked yet.

use crate::object::{Object, ObjectRef};
use crate::source::Source;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const GRACE: SignedDuration = SignedDuration::from_secs(5);

/// Until when the first status of a resource may wait: for so long after the resource, or its
/// Deployment where there is one, was made. None where there is a status or the time is over.
pub fn ends(
    source: &dyn Source,
    at: &ObjectRef,
    workload: Option<&ObjectRef>,
) -> Option<Timestamp> {
    let there = |at: &ObjectRef| source.get(at).ok().flatten();
    let resource = there(at)?;
    let conditions = resource.at("/status/conditions").and_then(Value::as_array);
    if conditions.is_some_and(|conditions| !conditions.is_empty()) {
        return None;
    }
    let workload = workload.and_then(there);
    let made = workload.as_deref().and_then(created).max(Some(created(&resource)?))?;
    let end = made.checked_add(GRACE).ok()?;
    // Where our clock is behind the API server's, the wait would be longer by that.
    (made <= source.now() && source.now() < end).then_some(end)
}

fn created(object: &Object) -> Option<Timestamp> {
    object.text("/metadata/creationTimestamp")?.parse().ok()
}
