//! The running operator against a real API server.

mod bot;
#[path = "../cluster/mod.rs"]
mod cluster;
mod operator;
mod stage;
mod support;

mod demo;
mod claims;
mod edge;
mod env_secret;
mod example;
mod harness;
mod kept;
mod objects;
mod steady;
mod paused;
mod refused;
mod rewritten;
mod rotation;
