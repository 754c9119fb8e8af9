//! What tests of the running operator have in common. It knows nothing of the operator.

#![allow(dead_code, unused_imports, reason = "kept whole for the tests to come")]

mod edge;
mod manifests;
mod objects;

pub use edge::{Crash, Edge, Fault, LastWrite, Limited, Request, Rule, Verb, config};
pub use manifests::{collection, documents, example_bot, path_of};
pub use objects::{Objects, condition};
