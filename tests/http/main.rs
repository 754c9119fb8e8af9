//! The HTTP API over real connections.

mod client;
mod fake;
mod server;

mod auth;
mod bodies;
mod connections;
mod generated;
mod health;
mod many;
mod metrics;
mod modules;
mod restart;
mod routes;
mod shares;
mod shutdown;
mod status;
mod web_page;
