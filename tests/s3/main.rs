//! The client for S3 against a real server, and what it makes of one that misbehaves.

#[path = "../cluster/mod.rs"]
mod cluster;

mod backup;
mod certificates;
mod command;
mod job;
mod keys;
mod memory;
mod misbehaving;
mod place;
mod proxy;
mod reading;
mod restore;
mod tls;
mod writing;
