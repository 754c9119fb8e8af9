//! How long a cluster takes to hold what a bot of many modules needs. `cargo bench --bench converge -- 200`
//!
//! Each side begins on a cluster of its own, with fake nodes and a disk that is flushed, on which the custom resources
//! are there already and nothing else is.

#[path = "../../tests/cluster/mod.rs"]
mod cluster;
#[path = "../../tests/shell/support/mod.rs"]
mod support;

mod bare;
mod measured;
mod plan;
mod scene;

use measured::Measured;
use scene::Scene;
use std::env;

const MODULES: usize = 200;

#[tokio::main]
async fn main() {
    // cargo adds a flag of its own.
    let modules = env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let modules = modules.map_or(MODULES, |number| {
        number.parse().unwrap_or_else(|_| panic!("how many modules? {number} is no number"))
    });
    println!("{}", bare(modules).await);
}

/// What no operator can be faster than by much: a client that knows all that is to be written.
async fn bare(modules: usize) -> Measured {
    let scene = Scene::with_bot(modules).await;
    let plan = plan::plan(&scene.resources().await, scene.namespace());
    bare::measure(&scene, plan).await
}
