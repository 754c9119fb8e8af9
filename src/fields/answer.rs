//! Whether the cluster has done what it was asked for.

use super::contains::contains_fields;
use super::keys::Shape;
use serde_json::{Map, Value};

/// Fields of a request that ask for nothing: who is spoken of, and in which casing its kind is served.
const NOT_ASKED: [&str; 2] = ["apiVersion", "kind"];
/// Fields of its metadata that are preconditions or bookkeeping.
const NOT_ASKED_OF_METADATA: [&str; 3] = ["managedFields", "resourceVersion", "uid"];

/// Whether an answer contains what a manifest or a merge patch of a shape asked for. A mutating
/// webhook or policy may have changed it meanwhile.
///
/// # Errors
/// The path of the first field that is not as it was asked for.
pub fn holds(answer: &Value, sent: &Value, shape: &Shape) -> Result<(), String> {
    let Some(sent) = sent.as_object() else { return Ok(()) };
    let metadata = sent.get("metadata").and_then(Value::as_object).map(asked_of_metadata);
    let others =
        sent.iter().filter(|(name, _)| !NOT_ASKED.contains(&name.as_str()) && *name != "metadata");
    contains_fields(answer, metadata.iter().flatten().chain(others), shape)
}

/// The one field `metadata`, as a map.
fn asked_of_metadata(metadata: &Map<String, Value>) -> Map<String, Value> {
    let mut asked = metadata.clone();
    asked.retain(|name, _| !NOT_ASKED_OF_METADATA.contains(&name.as_str()));
    [("metadata".to_owned(), asked.into())].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::keys;
    use serde_json::json;

    #[test]
    fn a_field_that_admission_rewrote_is_named() {
        let sent = json!({ "metadata": { "uid": "1", "managedFields": [] }, "data": { "a": "b" } });
        let answer = |value: &str| json!({ "metadata": { "uid": "2" }, "data": { "a": value } });
        assert_eq!(holds(&answer("b"), &sent, &keys::DATA), Ok(()));
        assert_eq!(holds(&answer("c"), &sent, &keys::DATA), Err("data.a".to_owned()));
    }

    #[test]
    fn a_label_that_admission_took_off_is_named() {
        let sent = json!({ "kind": "ConfigMap", "metadata": { "labels": { "a": "b" } } });
        let answer = json!({ "kind": "ConfigMap", "metadata": {} });
        assert_eq!(holds(&answer, &sent, &keys::DATA), Err("metadata.labels".to_owned()));
    }

    #[test]
    fn a_field_that_a_patch_takes_off_asks_for_nothing() {
        let sent = json!({ "spec": { "strategy": { "type": "Recreate", "rollingUpdate": null } } });
        let answer =
            json!({ "kind": "Deployment", "spec": { "strategy": { "type": "Recreate" } } });
        assert_eq!(holds(&answer, &sent, &keys::WORKLOAD), Ok(()));
    }
}
