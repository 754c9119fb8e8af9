//! What is shown of secrets: nothing.

use crate::kinds::Kind;
use crate::names::{APPLIED_DIGEST, CONFIG_HASH, KEYED_DIGESTS};
use crate::render::keyed_config_hash;
use serde_json::{Map, Value};

/// Stands for a value of a Secret. No base64: the API server refuses a masked Secret instead of
/// taking the mask for a value.
pub const MASK: &str = "***";

/// A manifest or merge patch of a kind without any value of a Secret, and without any digest that
/// depends on one.
pub fn masked(kind: Kind, mut manifest: Value) -> Value {
    if kind.is_secret() {
        for field in ["data", "stringData"] {
            if let Some(data) = manifest.get_mut(field).and_then(Value::as_object_mut) {
                data.values_mut().for_each(|value| *value = MASK.into());
            }
        }
    }
    let mut keyed: Vec<&str> = KEYED_DIGESTS.to_vec();
    if keyed_config_hash(&manifest) {
        keyed.push(CONFIG_HASH);
    }
    let template = kind.pod_template().and_then(|template| manifest.pointer_mut(template));
    let taken = take_annotations(template.and_then(|it| it.get_mut("metadata")), &keyed);
    if kind.is_secret() || taken {
        take_annotations(manifest.get_mut("metadata"), &[APPLIED_DIGEST]);
    }
    manifest
}

/// Takes annotations off some metadata, and says whether there was one.
fn take_annotations(metadata: Option<&mut Value>, keys: &[&str]) -> bool {
    let Some(metadata) = metadata.and_then(Value::as_object_mut) else { return false };
    let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else {
        return false;
    };
    let taken = keys.iter().filter(|key| annotations.remove(**key).is_some()).count() > 0;
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
    taken
}

/// The data of a Secret as text where it is text, for a reader of goldens.
pub fn readable(mut manifest: Value) -> Value {
    let Some(secret) = manifest.as_object_mut() else { return manifest };
    let Some(Value::Object(data)) = secret.remove("data") else { return manifest };
    let mut plain = Map::new();
    let mut binary = Map::new();
    for (key, value) in data {
        match value.as_str().and_then(decoded) {
            Some(text) => plain.insert(key, text.into()),
            None => binary.insert(key, value),
        };
    }
    for (field, data) in [("stringData", plain), ("data", binary)] {
        if !data.is_empty() {
            secret.insert(field.to_owned(), data.into());
        }
    }
    manifest
}

fn decoded(base64: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64).ok()?;
    String::from_utf8(bytes).ok()
}
