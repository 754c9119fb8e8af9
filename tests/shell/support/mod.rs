//! What tests of the running operator have in common. It knows nothing of the operator.

#![allow(dead_code, unused_imports, reason = "kept whole for the tests to come")]

mod edge;
mod manifests;
mod objects;
mod reading;
#[path = "../../support/manifests.rs"]
mod shared;

pub use edge::{Crash, Edge, Fault, LastWrite, Limited, Request, Rule, Verb, config};
pub use manifests::{collection, example_bot, path_of};
pub use objects::Objects;
pub use reading::{condition, has_rolled_out, image, is_ready, message, text, uid};
pub use shared::{EXAMPLE_BOT, documents, ipc_config, module};
