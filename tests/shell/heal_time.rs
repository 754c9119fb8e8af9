//! How long a deleted Deployment is missed.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::uid;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;

/// Healing takes at most so many times as long as a client takes to create a Deployment.
const BAR: u32 = 5;

const DEPLOYMENT: (&str, &str) = ("deployments", "eevee-echo-module");

/// Between two rounds nothing is written for this long.
const PAUSE: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_deployment_is_back_within_five_times_a_bare_create() {
    let mut stage = Stage::set("heal-time").await;
    // Without pods, which would take the time of others.
    stage.apply_module("echo", json!({ "image": "example/echo:1", "size": 0 })).await;
    stage.ready("echo").await;
    let (mut creates, mut heals) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        stage.edge.settled(PAUSE, LONG).await;
        creates.push(bare_create(&stage, round).await);
        heals.push(heal(&stage).await);
    }
    let (create, heal) = (median(creates), median(heals));
    eprintln!("p50 of a bare create {create:?}, of a heal {heal:?}");
    assert!(heal <= create * BAR, "healing takes {heal:?}, a bare create {create:?}");
    stage.stop().await;
}

async fn bare_create(stage: &Stage<'_>, round: usize) -> Duration {
    let live = stage.objects.existing(DEPLOYMENT.0, DEPLOYMENT.1).await;
    let name = format!("bare-{round}");
    let bare = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name },
        "spec": live["spec"],
    });
    let begin = Instant::now();
    stage.objects.create(bare).await;
    let time = begin.elapsed();
    stage.objects.delete(DEPLOYMENT.0, &name).await;
    time
}

/// From the answer to the deletion until the API server tells of the new one.
async fn heal(stage: &Stage<'_>) -> Duration {
    let before = stage.objects.existing(DEPLOYMENT.0, DEPLOYMENT.1).await;
    let (started, watching) = tokio::sync::oneshot::channel();
    let mut started = Some(started);
    let deletion = async {
        watching.await.expect("a watch");
        stage.objects.delete(DEPLOYMENT.0, DEPLOYMENT.1).await;
        Instant::now()
    };
    let return_of_it =
        stage.objects.wait(DEPLOYMENT.0, DEPLOYMENT.1, LONG, |live: Option<&Value>| {
            started.take().map(|started| started.send(()));
            live.filter(|live| uid(live) != uid(&before)).map(|_| Instant::now())
        });
    let (deleted, back) = tokio::join!(deletion, return_of_it);
    back.saturating_duration_since(deleted)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
