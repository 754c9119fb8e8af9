//! Checks that several kinds share.

use crate::object::Object;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads the spec of a custom resource.
///
/// # Errors
/// A sentence that names the field that does not fit its type.
pub fn parse_spec<T: DeserializeOwned>(resource: &Object) -> Result<T, String> {
    let missing = Value::Null;
    let spec = resource.at("/spec").unwrap_or(&missing);
    // Nearly every spec fits; only for one that does not is the path worth its cost.
    if let Ok(parsed) = T::deserialize(spec) {
        return Ok(parsed);
    }
    serde_path_to_error::deserialize(spec).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "spec".to_owned() } else { format!("spec.{path}") };
        format!("{field}: {}", error.into_inner())
    })
}

/// Refuses keys that the operator writes itself.
pub fn check_free_keys(field: &str, keys: Option<&BTreeMap<String, String>>) -> Result<(), String> {
    let reserved = |key: &&String| {
        *key == "app" || key.starts_with("eevee.bot/") || key.starts_with("app.kubernetes.io/")
    };
    match keys.into_iter().flat_map(BTreeMap::keys).find(reserved) {
        Some(key) => Err(format!("{field} sets {key}: the operator writes that key, remove it")),
        None => Ok(()),
    }
}
