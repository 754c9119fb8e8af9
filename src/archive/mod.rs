//! Archives of the data of a module: a folder ⇄ a stream of tar and gzip.

mod beside;
mod digesting;
mod hidden;
pub mod manifest;
pub mod pack;
mod progress;
mod sqlite;
pub mod unpack;

pub use progress::{Progress, Stopped};

/// Longest name of an entry. The system takes no longer ones at once, and no program makes them.
const LONGEST_NAME: usize = 8 << 10;
