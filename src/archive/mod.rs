//! Archives of the data of a module: a folder ⇄ a stream of tar and gzip.

pub mod manifest;
pub mod unpack;
