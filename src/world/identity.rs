//! What tells objects of one name, and versions of one object, apart.

use super::World;
use super::commit::metadata_mut;
use crate::object::ObjectRef;
use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How old an object is that was there before and does not say so: nothing about it is new.
const AGE: SignedDuration = SignedDuration::from_hours(1);

impl World {
    /// Fills in what the API server gives an object that was there before.
    pub(super) fn identify(&mut self, target: &ObjectRef, value: &mut Value) {
        self.fill(target, value, "", AGE);
        let version = self.version.saturating_add(1);
        if let Some(metadata) = metadata_mut(value)
            && !metadata.contains_key("resourceVersion")
        {
            metadata.insert("resourceVersion".to_owned(), Value::from(version.to_string()));
            self.version = version;
        }
    }

    /// A new object of an old name gets another uid.
    pub(super) fn identify_new(&self, target: &ObjectRef, value: &mut Value) {
        self.fill(target, value, &self.version.to_string(), SignedDuration::ZERO);
    }

    fn fill(&self, target: &ObjectRef, value: &mut Value, salt: &str, age: SignedDuration) {
        let Some(metadata) = metadata_mut(value) else { return };
        let created = self.snapshot.now.saturating_sub(age).unwrap_or(self.snapshot.now);
        metadata.entry("uid").or_insert_with(|| Value::from(uid(target, salt)));
        metadata.entry("creationTimestamp").or_insert_with(|| Value::from(created.to_string()));
        if target.kind.has_generation() {
            metadata.entry("generation").or_insert_with(|| Value::from(1));
        }
    }
}

/// A uid in the usual form.
fn uid(target: &ObjectRef, salt: &str) -> String {
    let digest = Sha256::digest(format!("{target}/{salt}"));
    let mut uid = String::new();
    for (index, byte) in digest.iter().take(16).enumerate() {
        if [4, 6, 8, 10].contains(&index) {
            uid.push('-');
        }
        for half in [byte >> 4, byte & 15] {
            uid.extend(char::from_digit(u32::from(half), 16));
        }
    }
    uid
}
