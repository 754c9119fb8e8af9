//! The running operator against a real API server.

#[path = "../cluster/mod.rs"]
mod cluster;
#[allow(dead_code, reason = "tests of the HTTP API use the rest")]
#[path = "../http/client.rs"]
mod http_client;
mod operator;
mod scene;
mod support;

mod adoption;
mod edge;
mod example;
mod golden;
mod harness;
mod heal_time;
mod healing;
mod objects;
mod others;
mod recreated;
mod restart;
mod strategy;
