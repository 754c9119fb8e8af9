//! Archives of the data of a module: a folder ⇄ a stream of tar and gzip.

pub mod manifest;
mod progress;
pub mod unpack;

pub use progress::{Progress, Stopped};
