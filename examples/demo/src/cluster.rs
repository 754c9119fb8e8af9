//! The clusters of the tests, less what the demo has no use for.

#![allow(dead_code, reason = "the tests use the rest")]

#[path = "../../../tests/cluster/api.rs"]
mod api;
#[path = "../../../tests/cluster/certificates.rs"]
mod certificates;
#[path = "../../../tests/cluster/commands.rs"]
mod commands;
#[path = "../../../tests/cluster/credentials.rs"]
mod credentials;
#[path = "../../../tests/cluster/fake_nodes.rs"]
mod fake_nodes;
#[path = "../../../tests/cluster/folder.rs"]
mod folder;
#[path = "../../../tests/cluster/kubectl.rs"]
mod kubectl;
#[path = "../../../tests/cluster/ports.rs"]
mod ports;
#[path = "../../../tests/cluster/process.rs"]
mod process;
#[path = "../../../tests/cluster/programs.rs"]
mod programs;
#[path = "../../../tests/cluster/wait.rs"]
mod wait;

pub use api::Cluster;
pub use credentials::random_token;
pub use folder::Folder;
pub use kubectl::{Output, kubectl};
pub use ports::free_port;
pub use process::{Process, spawn};
pub use programs::kube_program;
pub use wait::{Interrupted, interrupt, is_interrupted, until};

use std::path::Path;
use std::sync::LazyLock;

/// The folder in which this project lies.
pub fn repository() -> &'static Path {
    static ROOT: LazyLock<&Path> = LazyLock::new(|| {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR"));
        demo.ancestors().nth(2).unwrap_or(demo)
    });
    &ROOT
}
