//! The first seconds of a resource, in which its status may wait for something to say.
//!
//! Most resources are Ready within seconds. A status that says before no more than that one is on
//! its way costs a write, and tells nobody anything: until there is a first status, the default in
//! the CRD says that nobody has looked yet.

use crate::object::Object;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const GRACE: SignedDuration = SignedDuration::from_secs(5);

/// Until when the first status of a resource may wait. None where there is one, or where the
/// resource is older.
pub fn ends(resource: &Object, now: Timestamp) -> Option<Timestamp> {
    let conditions = resource.at("/status/conditions").and_then(Value::as_array);
    if conditions.is_some_and(|conditions| !conditions.is_empty()) {
        return None;
    }
    let created: Timestamp = resource.text("/metadata/creationTimestamp")?.parse().ok()?;
    let end = created.checked_add(GRACE).ok()?;
    // Where our clock is behind the API server's, the wait would be longer by that.
    (created <= now && now < end).then_some(end)
}
