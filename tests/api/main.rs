//! What only a real API server and a real nats-server can say.

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../support/mod.rs"]
mod support;
#[path = "../refused/table/mod.rs"]
mod table;

mod crds;
mod examples;
mod fixtures;
mod harness;
mod nats;
mod refused;
mod rules;
mod server;
mod status;
mod statuses;
mod stored;
