//! The running operator against a real API server.

#[path = "../cluster/mod.rs"]
mod cluster;

mod support;

mod edge;
mod harness;
mod objects;
