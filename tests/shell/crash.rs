//! An end at any write: whoever goes on from there comes to where it would have come undisturbed.

use crate::bot::{BOT, QUIET, all_ready};
use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, LastWrite, Objects};
use crate::world::World;
use futures::{StreamExt, stream};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many bots are made at once.
const SIDE_BY_SIDE: usize = 10;

/// Tells an event without making anything.
const BROKEN: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: broken}
spec: {nats: {token: {secretKeyRef: {secret: {name: token, namespace: elsewhere}}}}}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_write_leads_to_the_same_end() {
    let (undisturbed, writes) = undisturbed().await;
    // One order of the writes needs some more than another.
    let most = writes + 5;
    let cases = (1..=most).flat_map(|n| [(n, LastWrite::Performed), (n, LastWrite::NotSent)]);
    let runs = cases.map(|(n, last)| {
        let undisturbed = &undisturbed;
        async move { crashed(n, last, undisturbed).await }
    });
    let crashes: Vec<bool> = stream::iter(runs).buffer_unordered(SIDE_BY_SIDE).collect().await;
    let crashes = crashes.into_iter().filter(|crashed| *crashed).count();
    assert!(crashes >= writes, "{crashes} crashes in a work of {writes} writes");
}

/// What a bot becomes, and in how many writes.
async fn undisturbed() -> (World, usize) {
    let objects = Objects::in_fresh_namespace(cluster(), "undisturbed").await;
    let edge = Edge::new();
    objects.apply(BOT).await;
    objects.apply(BROKEN).await;
    let running = Running::start(cluster(), &objects, &edge).await;
    finished(&objects, &edge).await;
    running.stop().await;
    (World::of(&objects).await, edge.writes().len())
}

/// Whether the run came to its nth write.
async fn crashed(n: usize, last: LastWrite, undisturbed: &World) -> bool {
    let objects = Objects::in_fresh_namespace(cluster(), "crash").await;
    objects.apply(BOT).await;
    objects.apply(BROKEN).await;
    let edge = Edge::new();
    let crash = edge.crash_at_write(n, last);
    let running = Running::start(cluster(), &objects, &edge).await;
    let has_crashed = tokio::select! {
        happened = crash.happens(2 * LONG) => happened,
        () = finished(&objects, &edge) => false,
    };
    drop(running);
    let before = secrets(&objects).await;
    let next = Edge::new();
    let running = Running::start(cluster(), &objects, &next).await;
    finished(&objects, &next).await;
    running.stop().await;
    let after = secrets(&objects).await;
    for (name, data) in before {
        assert_eq!(after.get(&name), Some(&data), "{name} changed after {last:?} {n}");
    }
    let made = World::of(&objects).await;
    let differences = made.differences(undisturbed);
    let listings = format!("before:\n{}after:\n{}", edge.listing(), next.listing());
    assert!(differences.is_empty(), "crash at write {n}, {last:?}:\n{differences}\n{listings}");
    // An event may be lost with the memory of what was done, but none comes twice or from nowhere.
    let twice = made.events.windows(2).any(|pair| pair[0] == pair[1]);
    let is_known = made.events.iter().all(|event| undisturbed.events.contains(event));
    assert!(!twice && is_known, "crash at write {n}, {last:?}: {:#?}\n{listings}", made.events);
    has_crashed
}

async fn finished(objects: &Objects, edge: &Edge) {
    all_ready(objects).await;
    let broken = ("ipcconfigs", "broken");
    objects.wait_for_condition(broken, "Ready", ("False", "InvalidSpec"), LONG).await;
    edge.settled(QUIET, LONG).await;
}

/// The data of the generated Secrets.
async fn secrets(objects: &Objects) -> BTreeMap<String, Value> {
    let secrets = objects.list("secrets").await.into_iter();
    secrets.map(|secret| (name(&secret), secret["data"].clone())).collect()
}

fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}
