//! The HTTP API over real connections.

mod client;
mod fake;
mod server;

mod auth;
mod bodies;
mod connections;
mod many;
mod metrics;
mod modules;
mod restart;
mod routes;
mod shutdown;
