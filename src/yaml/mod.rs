//! Kubernetes YAML as text: [`to_string`] prints a value, [`read()`] understands a file, [`check()`]
//! judges a text that others read. All are pure.
//!
//! Reading follows kubectl (sigs.k8s.io/yaml): YAML 1.1 scalars (`yes` is a boolean, `012` is ten),
//! keys become strings, JSON is read too. It is stricter where kubectl would drop something in
//! silence: a duplicate key is an error. Printing is meant for every reader: whatever a YAML 1.1 or
//! 1.2 reader could take for something else is quoted.

mod anchors;
mod check;
mod compose;
mod error;
mod events;
mod explain;
mod framing;
mod json;
mod lines;
mod mapping;
mod print;
mod quote;
mod read;
mod scalar;
mod source;

#[cfg(test)]
mod tests;

pub use check::check;
pub use error::SyntaxError;
pub use lines::Lines;
pub use print::to_string;
pub use read::{Document, read};
pub use source::decode;
