//! The mark on a claim: whose restore may have begun to move files into their place.

use crate::names::RESTORING;
use crate::object::Object;
use std::fmt;

/// The value of annotation eevee.bot/restoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Name of the BackupRestore.
    pub name: String,
    pub uid: String,
    /// Whether the claim was left incomplete by a restore before: this one has to finish.
    pub is_incomplete: bool,
}

/// The third part of a mark.
const INCOMPLETE: &str = "incomplete";

impl Mark {
    /// That of a restore.
    pub fn of(restore: &Object, is_incomplete: bool) -> Self {
        Self {
            name: restore.reference().name.clone(),
            uid: restore.uid().unwrap_or_default().to_owned(),
            is_incomplete,
        }
    }

    /// The one on a claim. Whatever somebody else has written there marks it, too.
    pub fn on(claim: &Object) -> Option<Self> {
        let mut parts = claim.annotation(RESTORING)?.splitn(3, '/');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (name, uid, rest) = (next(), next(), next());
        Some(Self { name, uid, is_incomplete: rest == INCOMPLETE })
    }

    /// Whether it is that of a restore.
    pub fn is_of(&self, restore: &Object) -> bool {
        self.name == restore.reference().name && self.uid == restore.uid().unwrap_or_default()
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.uid)?;
        if self.is_incomplete { write!(f, "/{INCOMPLETE}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn on(value: &str) -> Mark {
        let claim = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": { "name": "a", "annotations": { RESTORING: value } },
        });
        Mark::on(&Object::new(claim, "eevee-bot").expect("a claim")).expect("a mark")
    }

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        for text in ["monday/1-2", "monday/1-2/incomplete"] {
            assert_eq!(on(text).to_string(), text);
        }
        assert!(on("monday/1-2/incomplete").is_incomplete);
    }

    #[test]
    fn what_somebody_else_has_written_is_a_mark_of_nobody() {
        for text in ["", "yes", "a/b/c/d", "///"] {
            assert!(!on(text).is_incomplete, "{text}");
        }
        assert_eq!(on("yes").name, "yes");
    }
}
