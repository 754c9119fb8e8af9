//! Kubernetes events: what a person should notice.

use super::digest;
use crate::action::{Event, Severity};
use crate::object::Object;

/// Longest part of a resource's name in the name of an event, which may have 253 characters.
const NAME_LENGTH: usize = 200;

/// An event about a resource. Its name is made from what it says and from the state of the
/// resource that it was decided on: the same decision makes the same event.
pub fn event(about: &Object, severity: Severity, reason: &'static str, message: String) -> Event {
    let said = [
        about.uid().unwrap_or_default(),
        about.resource_version().unwrap_or_default(),
        reason,
        &message,
    ]
    .join("\n");
    let name = &about.reference().name;
    let name: String = name.chars().take(NAME_LENGTH).collect();
    let name = name.trim_end_matches(['.', '-']);
    Event {
        name: format!("{name}.{}", &digest::plain_text(&said)[..16]),
        severity,
        reason,
        message,
        regarding_uid: about.uid().map(str::to_owned),
    }
}
