//! A real cluster for tests: programs built by `tests/cluster/build`, started on free ports of 127.0.0.1 in a folder
//! of their own, and gone when the test is over, however it ends.
//!
//! A test target takes it in with `#[path = "../cluster/mod.rs"] mod cluster;`.
//!
//! | size | started by | what runs |
//! |---|---|---|
//! | api | [`shared`], [`Cluster::api`] | etcd and kube-apiserver: objects are stored, validated and watched, nothing acts on them |
//! | fake nodes | [`shared_fake_nodes`], [`Cluster::fake_nodes`] | + kube-controller-manager, kube-scheduler and kwok with one node: Deployments roll out and pods become Ready, but nothing is executed and no claim is bound |
//! | node | [`shared_node`], [`Cluster::node`] | + containerd, kubelet, kube-proxy, CoreDNS, a registry and an audit log: pods run, on a Linux whose root we are |
//!
//! [`NatsServer`] runs a real nats-server on a given configuration, [`Versitygw`] a real S3 server, without a cluster.
//!
//! Everything here panics with a message that says what was attempted: in a test that is the wanted outcome. A missing
//! program fails the test and names the command that provides it; no test passes by being skipped.
//!
//! All calls block, kubectl's included: an async test makes them before it starts its operator, or from
//! `tokio::task::block_in_place`.
//!
//! `CLUSTER_KEEP=1` leaves the folders (logs, data) behind and prints where they are.

#![allow(dead_code, unused_imports, reason = "each test target takes what it needs")]

mod api;
mod certificates;
mod commands;
mod crds;
mod credentials;
mod fake_nodes;
mod folder;
mod kubectl;
mod nats;
mod node;
mod ports;
mod process;
mod programs;
mod shared;
mod versitygw;
mod wait;

pub use api::Cluster;
pub use commands::{Disk, FEW_COLLECTIONS};
pub use crds::Casing;
pub use credentials::random_token;
pub use kubectl::Output;
pub use nats::{NatsServer, Refused};
pub use node::{NODE, image};
pub use ports::free_port;
pub use process::{Process, spawn};
pub use programs::{kube_program, lua, promtool, tool};
pub use shared::{shared, shared_fake_nodes, shared_node};
pub use versitygw::Versitygw;
pub use wait::{eventually, until};

use std::path::Path;

/// The folder in which this project lies.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
