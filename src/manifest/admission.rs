//! What an API server would do with one object of the input.

use super::mask::MASK;
use crate::crd;
use crate::kinds::Kind;
use crate::object::Object;
use crate::schema::{Fault, FieldPath, Occasion, PathSegment, Schema};
use base64::Engine;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Fills in defaults and judges a custom resource, its status apart: that is the operator's to mend.
pub fn judge(kind: Kind, object: &mut Object) -> Vec<Fault> {
    // What carries a uid is on a cluster already.
    let occasion = if object.uid().is_some() { Occasion::Update } else { Occasion::Create };
    let Some(schema) = SCHEMAS.get(&kind) else { return Vec::new() };
    let object = object.value_mut();
    let status = object.as_object_mut().and_then(|fields| fields.remove("status"));
    let faults = schema.admit(object, occasion);
    if let (Some(status), Some(fields)) = (status, object.as_object_mut()) {
        fields.insert("status".to_owned(), status);
    }
    faults
}

static SCHEMAS: LazyLock<BTreeMap<Kind, Schema>> = LazyLock::new(|| {
    crd::crds()
        .iter()
        .filter_map(|crd| {
            let name = crd.pointer("/spec/names/kind")?.as_str()?;
            let schema = crd.pointer("/spec/versions/0/schema/openAPIV3Schema")?;
            // A test compiles every schema: none is missing here.
            Some((Kind::of(crd::API_VERSION, name)?, Schema::compile(schema).ok()?))
        })
        .collect()
});

/// A live Secret holds everything under `data`, in one line of base64 each.
///
/// # Errors
/// JSON pointer of a field, and what is wrong with it.
pub fn encode_string_data(secret: &mut Value) -> Result<(), (String, String)> {
    let Some(secret) = secret.as_object_mut() else { return Ok(()) };
    let mut data = texts(secret, "data", "base64: put plain text under stringData")?;
    for (key, value) in &mut data {
        // As Go does, and so the API server: line breaks are no part of it.
        value.retain(|c| c != '\n' && c != '\r');
        if base64::engine::general_purpose::STANDARD.decode(&value).is_err() {
            let fix = if value == MASK {
                "is masked: print it with --show-secrets, or take it out"
            } else {
                "must be base64: put plain text under stringData"
            };
            return Err((field(&["data", key]), format!("data.{key} {fix}")));
        }
    }
    for (key, text) in texts(secret, "stringData", "a text: put it in quotes")? {
        data.insert(key, base64::engine::general_purpose::STANDARD.encode(text));
    }
    if !data.is_empty() {
        secret.insert("data".to_owned(), data.into_iter().collect());
    }
    Ok(())
}

/// Takes a map of texts out of a Secret. Null stands for absent, and in the map for the empty
/// text.
fn texts(
    secret: &mut Map<String, Value>,
    name: &str,
    wanted: &str,
) -> Result<BTreeMap<String, String>, (String, String)> {
    let map = match secret.remove(name) {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(map)) => map,
        Some(_) => return Err((field(&[name]), format!("{name} must be a map of texts"))),
    };
    map.into_iter()
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key, text)),
            Value::Null => Ok((key, String::new())),
            _ => Err((field(&[name, &key]), format!("{name}.{key} must be {wanted}"))),
        })
        .collect()
}

/// A JSON pointer.
fn field(names: &[&str]) -> String {
    names.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The JSON pointer of a field path.
pub fn as_pointer(path: &FieldPath) -> String {
    path.steps().iter().fold(String::new(), |mut pointer, step| {
        pointer.push('/');
        match step {
            PathSegment::Field(name) | PathSegment::Key(name) => {
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            PathSegment::Index(index) => pointer.push_str(&index.to_string()),
        }
        pointer
    })
}
