//! Where a digest may be given by the word.

use crate::names::{APPLIED_DIGEST, CONFIG_HASH, KEYED_DIGESTS};
use serde_json::Value;

/// Stands for the digest of what the operator would apply.
pub const FITS: &str = "fits";

/// JSON pointers of the digests of an object.
pub fn places() -> impl Iterator<Item = String> {
    let in_template = KEYED_DIGESTS.into_iter().chain([CONFIG_HASH]);
    [applied_digest()].into_iter().chain(in_template.map(template_annotation))
}

/// The places of an object that say `fits`.
pub fn words(object: &Value) -> impl Iterator<Item = String> {
    places().filter(|place| object.pointer(place).is_some_and(|text| text == FITS))
}

/// JSON pointer of the digest of what was applied.
pub fn applied_digest() -> String {
    format!("/metadata/annotations/{}", segment(APPLIED_DIGEST))
}

/// JSON pointer of an annotation of a pod template.
pub fn template_annotation(key: &str) -> String {
    format!("/spec/template/metadata/annotations/{}", segment(key))
}

/// A name as a part of a JSON pointer.
pub fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
