//! The API server goes away and comes back.

use crate::bot::{BOT, FULL_CONFIG, PLAIN};
use crate::cluster::{Casing, Cluster};
use crate::operator::LONG;
use crate::stage::Stage;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long a child may be missing once the API server is ready again.
const HEALED: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_is_deleted_after_an_outage_of_10_seconds_is_back_within_3() {
    after_an_outage_of(Duration::from_secs(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_is_deleted_after_an_outage_of_45_seconds_is_back_within_3() {
    after_an_outage_of(Duration::from_secs(45)).await;
}

async fn after_an_outage_of(time: Duration) {
    let cluster = block_in_place(|| {
        let cluster = Cluster::api();
        cluster.install_crds(Casing::Camel);
        cluster
    });
    let mut stage = Stage::on((&cluster, Casing::Camel), "outage").await;
    stage.start().await;
    stage.apply(BOT).await;
    let children = [("deployments", PLAIN), ("configmaps", FULL_CONFIG)];
    for (resource, name) in children {
        stage.objects.wait_until_there(resource, name, LONG).await;
    }
    stage.settled().await;

    block_in_place(|| cluster.stop_api());
    // What is waited for is the time itself.
    tokio::time::sleep(time).await;
    stage.edge.clear();
    block_in_place(|| cluster.start_api());
    let ready = Instant::now();
    for (resource, name) in children {
        stage.objects.delete(resource, name).await;
    }
    for (resource, name) in children {
        stage.objects.wait_until_there(resource, name, LONG).await;
    }
    let healed = ready.elapsed();
    assert!(healed <= HEALED, "healed after {healed:?}:\n{}", stage.edge.listing());
    stage.settled().await;
    stage.stop().await;
}
