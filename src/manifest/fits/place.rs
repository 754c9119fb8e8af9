//! Where a digest may be given by the word.

use crate::kinds::Kind;
use crate::names::{APPLIED_DIGEST, CONFIG_HASH, KEYED_DIGESTS};
use crate::object::Object;

/// Stands for the digest of what the operator would apply.
pub const FITS: &str = "fits";

/// JSON pointers of the digests of an object of a kind.
pub fn places(kind: Kind) -> impl Iterator<Item = String> {
    let in_template = KEYED_DIGESTS.into_iter().chain([CONFIG_HASH]);
    let in_template = in_template.filter_map(move |key| template_annotation(kind, key));
    [applied_digest()].into_iter().chain(in_template)
}

/// The places of an object that say `fits`.
pub fn words(object: &Object) -> impl Iterator<Item = String> {
    let says = |place: &String| object.value().pointer(place).is_some_and(|text| text == FITS);
    places(object.reference().kind).filter(says)
}

/// JSON pointer of the digest of what was applied.
pub fn applied_digest() -> String {
    format!("/metadata/annotations/{}", segment(APPLIED_DIGEST))
}

/// JSON pointer of an annotation of a pod template, where objects of the kind have one.
pub fn template_annotation(kind: Kind, key: &str) -> Option<String> {
    Some(format!("{}/{}", kind.template_annotations()?, segment(key)))
}

/// A name as a part of a JSON pointer.
pub fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
