//! What the commands that run in Jobs and the operator that makes the Jobs agree on.

pub mod endpoint;
pub mod exit;
pub mod key;
pub mod retention;
mod said;
pub mod variables;

pub use said::{LONGEST, Moves, Said};
