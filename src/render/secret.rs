//! Secrets whose values the operator generates.

use crate::names;
use crate::object::Object;
use base64::Engine;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

/// Whether a Secret carries our mark.
pub fn is_generated(secret: &Object) -> bool {
    secret.annotation(names::GENERATED_BY) == Some(names::OPERATOR)
}

/// A Secret that carries our mark.
pub fn generated<const N: usize>(metadata: ObjectMeta, data: [(&str, String); N]) -> Value {
    let mark = (names::GENERATED_BY.to_owned(), names::OPERATOR.to_owned());
    let mut annotations = metadata.annotations.clone().unwrap_or_default();
    annotations.extend([mark]);
    let data =
        data.into_iter().map(|(key, value)| (key.to_owned(), ByteString(value.into_bytes())));
    super::desired::manifest(&Secret {
        metadata: ObjectMeta { annotations: Some(annotations), ..metadata },
        data: Some(data.collect()),
        type_: Some("Opaque".to_owned()),
        ..Secret::default()
    })
}

/// The form in which a Secret holds a text.
pub fn encode(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}
