//! The running operator against a real API server.

mod binary;
mod bot;
#[path = "../cluster/mod.rs"]
mod cluster;
#[allow(dead_code, reason = "that of the tests of the HTTP API, whole")]
#[path = "../http/client.rs"]
mod http_client;
mod operator;
mod scene;
mod stage;
mod support;

mod adoption;
mod casings;
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
mod http_api;
mod life;
mod memory;
mod metrics;
mod objects;
mod others;
mod paused;
mod recreated;
mod refused;
mod restart;
mod rewritten;
mod rotation;
mod steady;
mod strategy;
mod namespaces;
mod objects;
mod outage;
mod stale;
mod steady;
mod unread;
mod secrecy;
