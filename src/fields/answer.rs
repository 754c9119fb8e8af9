//! Whether the cluster has done what it was asked for.

use super::contains;
use serde_json::{Value, json};

/// Fields of metadata that a request carries as preconditions or bookkeeping, not as a wish.
const NO_WISH: [&str; 3] = ["managedFields", "resourceVersion", "uid"];

/// Whether an answer contains what a manifest or a merge patch of a kind asked for. A mutating
/// webhook or policy may have changed it on its way.
///
/// # Errors
/// The path of the first field that is not as it was asked for.
pub fn holds(answer: &Value, sent: &Value, kind: &str) -> Result<(), String> {
    let mut wish = sent.clone();
    if let Some(fields) = wish.as_object_mut() {
        fields.insert("kind".to_owned(), kind.into());
        // The kind of a custom resource may be served in another casing.
        fields.remove("apiVersion");
    }
    if let Some(metadata) = wish.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|field, _| !NO_WISH.contains(&field.as_str()));
    }
    let mut answer = answer.clone();
    if answer.is_object() {
        answer["kind"] = json!(kind);
    }
    contains(&answer, &wish)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_admission_rewrote_is_named() {
        let sent = json!({ "metadata": { "uid": "1", "managedFields": [] }, "data": { "a": "b" } });
        let answer = |value: &str| json!({ "metadata": { "uid": "2" }, "data": { "a": value } });
        assert_eq!(holds(&answer("b"), &sent, "ConfigMap"), Ok(()));
        assert_eq!(holds(&answer("c"), &sent, "ConfigMap"), Err("data.a".to_owned()));
    }

    #[test]
    fn a_field_that_a_patch_takes_off_asks_for_nothing() {
        let sent = json!({ "spec": { "strategy": { "type": "Recreate", "rollingUpdate": null } } });
        let answer =
            json!({ "kind": "Deployment", "spec": { "strategy": { "type": "Recreate" } } });
        assert_eq!(holds(&answer, &sent, "Deployment"), Ok(()));
    }
}
