//! The running operator against a real API server.

#[path = "../cluster/mod.rs"]
mod cluster;

mod harness;
