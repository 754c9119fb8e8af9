//! Fields of Kubernetes objects: whether a live object has those that are wanted, and who owns
//! them. Pure, and the same for render, the shell and the tests' cluster.

pub mod answer;
mod contains;
mod fill;
pub mod keys;
pub mod legible;
pub mod owned;
pub mod quantity;
mod same;
mod words;

pub use contains::{contains, says};
pub use fill::{fill, leave_out_empty};
pub use words::in_words_of;

#[cfg(test)]
mod tests;
