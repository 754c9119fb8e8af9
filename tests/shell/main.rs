//! The running operator against a real API server.

#[path = "../cluster/mod.rs"]
mod cluster;
mod operator;
mod scene;
mod support;

mod edge;
mod example;
mod golden;
mod harness;
mod heal_time;
mod healing;
mod objects;
mod others;
mod recreated;
