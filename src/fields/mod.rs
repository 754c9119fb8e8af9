//! Fields of Kubernetes objects: whether a live object has those that are wanted, and who owns
//! them. Pure, and the same for render, the shell and the tests' cluster.

pub mod answer;
mod contains;
pub mod keys;
pub mod legible;
pub mod owned;
pub mod quantity;

pub use contains::contains;

#[cfg(test)]
mod tests;
