//! Kubernetes manifests ⇄ snapshots and actions: one reader and one printer, for `render`, for the
//! fixtures and for the goldens.

mod admission;
mod describe;
mod digest_key;
mod fits;
mod mask;
mod print;
mod read;
mod situation;

pub use describe::situation;
pub use digest_key::give_digest_key;
pub use fits::{FITS, applied_digest, desired, fill, places, segment, template_annotation};
pub use mask::{MASK, masked, readable};
pub use print::{actions_as_json, actions_as_yaml, objects_as_json, objects_as_yaml};
pub use read::{Defaults, Input, Loaded, ManifestError, Origin, Unusable, load};
pub use situation::entropy as seed;
