//! The running operator against a real API server.

mod bot;
#[path = "../cluster/mod.rs"]
mod cluster;
mod operator;
mod support;
mod world;

mod crash;
mod demo;
mod edge;
mod example;
mod harness;
mod leaders;
mod namespaces;
mod objects;
mod outage;
mod stale;
mod steady;
mod unread;
