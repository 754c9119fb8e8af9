//! The running operator against a real API server.

#[path = "../cluster/mod.rs"]
mod cluster;
mod operator;
mod stage;
mod support;

mod claims;
mod edge;
mod env_secret;
mod example;
mod harness;
mod objects;
mod paused;
mod refused;
mod rewritten;
mod rotation;
