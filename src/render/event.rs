//! Kubernetes events: what a person should notice.

use super::digest;
use crate::action::{Event, Severity};
use crate::object::Object;

/// Longest part of a resource's name in the name of an event, which may have 253 characters.
const NAME_LENGTH: usize = 200;

/// Longest message in bytes: the API server refuses an event whose note has more than 1 KiB.
const MESSAGE_LENGTH: usize = 1000;

/// A message without what an event or a condition has no room for.
pub fn clipped(mut message: String) -> String {
    if message.len() > MESSAGE_LENGTH {
        let end = (0..=MESSAGE_LENGTH).rev().find(|end| message.is_char_boundary(*end));
        message.truncate(end.unwrap_or(0));
        message.push('…');
    }
    message
}

/// An event about a resource. Its name is made from what it says and from the state of the
/// resource that it was decided on: the same decision makes the same event.
pub fn event(about: &Object, severity: Severity, reason: &'static str, message: String) -> Event {
    let message = clipped(message);
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
