//! What the commands that run in Jobs and the operator that makes the Jobs agree on.

pub mod exit;
pub mod key;
mod said;
pub mod variables;

pub use said::{LONGEST, Moves, Said};
