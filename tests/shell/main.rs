//! The running operator against a real API server.

mod bot;
#[path = "../cluster/mod.rs"]
mod cluster;
mod operator;
mod scene;
mod stage;
mod support;

mod claims;
mod demo;
mod edge;
mod env_secret;
mod example;
mod golden;
mod harness;
mod heal_time;
mod healing;
mod kept;
mod objects;
mod paused;
mod refused;
mod rewritten;
mod rotation;
mod steady;
