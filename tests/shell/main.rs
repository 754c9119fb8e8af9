//! The running operator against a real API server. A test of it in this process begins with a `stage`,
//! one of the program itself with a `binary`.

mod api;
mod binary;
mod bot;
mod changes;
#[path = "../cluster/mod.rs"]
mod cluster;
mod contents;
mod findings;
#[allow(dead_code, reason = "that of the tests of the HTTP API, whole")]
#[path = "../http/client.rs"]
mod http_client;
mod operator;
mod stage;
mod support;
mod watches;

mod adoption;
mod backups;
mod casings;
mod claims;
mod compared;
mod crash;
mod demo;
mod edge;
mod env_secret;
mod example;
mod golden;
mod harness;
mod heal_time;
mod healing;
mod http_api;
mod kept;
mod leaders;
mod life;
mod memory;
mod metrics;
mod namespaces;
mod no_pods;
mod notations;
mod objects;
mod others;
mod outage;
mod pace;
mod paused;
mod paused_rollout;
mod pruned;
mod recreated;
mod refused;
mod restart;
mod rewritten;
mod rotation;
mod secrecy;
mod stale;
mod steady;
mod strategy;
mod unread;
