//! `metadata`, which every resource has and no CRD describes.

use super::fault::{Fault, FaultKind};
use super::path::{At, Trail};
use serde_json::{Value, json};

const QUALIFIED: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

/// So many bytes may the keys and values of all annotations have together.
const MAX_ANNOTATIONS: usize = 256 * 1024;

/// The fields that the API server gives every resource, whatever its schema says.
pub(super) fn fields() -> [(&'static str, Value); 3] {
    let text = json!({"type": "string", "minLength": 1});
    [("apiVersion", text.clone()), ("kind", text), ("metadata", object_meta())]
}

/// `ObjectMeta` (io.k8s.apimachinery.pkg.apis.meta.v1) as a schema. Null stands for absent in it.
fn object_meta() -> Value {
    let text = json!({"type": "string"});
    let owner = json!({
        "type": "object",
        "required": ["apiVersion", "kind", "name", "uid"],
        "properties": {
            "apiVersion": {"type": "string", "minLength": 1},
            "kind": {"type": "string", "minLength": 1},
            "name": {"type": "string", "minLength": 1},
            "uid": {"type": "string", "minLength": 1},
            "controller": {"type": "boolean"},
            "blockOwnerDeletion": {"type": "boolean"},
        },
    });
    let label = json!({"type": "string", "default": "", "maxLength": 63, "pattern": format!("^({QUALIFIED})?$")});
    let time = json!({"type": "string", "format": "date-time"});
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 253, "pattern": format!("^({SUBDOMAIN})?$")},
            "generateName": {"type": "string", "pattern": r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*([a-z0-9][-a-z0-9]*)?$"},
            "namespace": {"type": "string", "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},
            "labels": {"type": "object", "additionalProperties": label},
            "annotations": {"type": "object", "additionalProperties": {"type": "string", "default": ""}},
            "finalizers": {
                "type": "array",
                "items": {"type": "string", "pattern": format!("^({SUBDOMAIN}/)?{QUALIFIED}$")},
            },
            "ownerReferences": {"type": "array", "items": owner},
            "creationTimestamp": time,
            "deletionTimestamp": time,
            "deletionGracePeriodSeconds": {"type": "integer", "format": "int64"},
            "generation": {"type": "integer", "format": "int64"},
            "resourceVersion": text,
            "selfLink": text,
            "uid": text,
            "managedFields": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": true},
            },
        },
    })
}

/// Judges what the schema of `ObjectMeta` cannot say.
pub(super) fn judge(object: &Value, faults: &mut Vec<Fault>) {
    let trail = Trail::ROOT.child(At::Field("metadata"));
    let given = |field: &str| object.pointer(&format!("/metadata/{field}"));
    let named = |field: &str| given(field).is_some_and(|name| name.as_str() != Some(""));
    if object.is_object() && !named("name") && !named("generateName") {
        faults.push(Fault::at(&trail.child(At::Field("name")), FaultKind::Missing, "is required"));
    }
    for map in ["labels", "annotations"] {
        let trail = trail.child(At::Field(map));
        let keys = given(map).and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
        let caseless = map == "annotations";
        for key in keys.filter(|key| !is_qualified_name(key, caseless)) {
            let message = "the key must be letters, digits, '-', '_' and '.', at most 63, beginning and ending with a \
                           letter or digit, after an optional DNS subdomain and '/', for example example.com/my-key";
            faults.push(Fault::at(&trail.child(At::Key(key)), FaultKind::Invalid, message));
        }
    }
    let annotations = given("annotations").and_then(Value::as_object).into_iter().flatten();
    let size: usize =
        annotations.map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum();
    if size > MAX_ANNOTATIONS {
        let message = format!("must have at most {MAX_ANNOTATIONS} bytes in all, has {size}");
        faults.push(Fault::at(&trail.child(At::Field("annotations")), FaultKind::TooLong, message));
    }
}

/// A name, after an optional DNS subdomain and a slash.
fn is_qualified_name(key: &str, caseless: bool) -> bool {
    let (prefix, name) =
        key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let of_label = |byte: u8| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || byte == b'-'
            || caseless && byte.is_ascii_uppercase()
    };
    let is_subdomain = |prefix: &str| {
        prefix.len() <= 253 && prefix.split('.').all(|label| is_made_of(label, of_label))
    };
    name.len() <= 63 && is_made_of(name, of_name) && prefix.is_none_or(is_subdomain)
}

/// Not empty, begins and ends with a letter or digit, and holds nothing else.
fn is_made_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    edge(text.bytes().next()) && edge(text.bytes().last()) && text.bytes().all(allowed)
}
