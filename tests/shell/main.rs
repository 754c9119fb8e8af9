//! The running operator against a real API server.

mod binary;
#[path = "../cluster/mod.rs"]
mod cluster;
#[allow(dead_code, reason = "that of the tests of the HTTP API, whole")]
#[path = "../http/client.rs"]
mod http_client;
mod operator;
mod stage;
mod support;

mod claims;
mod edge;
mod env_secret;
mod example;
mod harness;
mod http_api;
mod life;
mod memory;
mod metrics;
mod objects;
mod paused;
mod refused;
mod rewritten;
mod rotation;
mod secrecy;
