//! A digest key for input that holds none: what was applied was applied with one.

use crate::names::{DIGEST_KEY, GENERATED_BY, OPERATOR};
use crate::object::Object;
use crate::render;
use crate::snapshot::ClusterSnapshot;
use serde_json::json;
use std::sync::Arc;

/// Adds the key where none is known.
pub fn give_digest_key(snapshot: &mut ClusterSnapshot) {
    let key = render::key_secret(snapshot);
    if snapshot.get(&key).is_ok_and(|key| key.is_some()) {
        return;
    }
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": key.name,
            "namespace": key.namespace,
            "annotations": { GENERATED_BY: OPERATOR },
        },
        "type": "Opaque",
        "data": { DIGEST_KEY: "ZGlnZXN0LWtleS1vZi10aGUtZml4dHVyZXM=" },
    });
    if let Some(secret) = Object::new(secret, &key.namespace) {
        snapshot.insert(Arc::new(secret));
    }
}
