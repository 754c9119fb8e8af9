//! An end at any write: whoever goes on from there comes to where it would have come undisturbed.

use crate::bot::{self, BOT};
use crate::contents::Contents;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Edge, LastWrite, Objects};
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

/// A stage for the work, which nobody has begun.
async fn waiting(prefix: &str) -> Stage<'static> {
    let stage = Stage::without_operator(prefix).await;
    stage.apply(BOT).await;
    stage.apply(BROKEN).await;
    stage
}

/// What a bot becomes, and in how many writes.
async fn undisturbed() -> (Contents, usize) {
    let mut stage = waiting("undisturbed").await;
    stage.start().await;
    finished(&stage).await;
    stage.stop().await;
    (Contents::of(&stage.objects).await, stage.edge.writes().len())
}

/// Whether the run came to its nth write.
async fn crashed(n: usize, last: LastWrite, undisturbed: &Contents) -> bool {
    let mut stage = waiting("crash").await;
    let crash = stage.edge.crash_at_write(n, last);
    stage.start().await;
    let has_crashed = tokio::select! {
        happened = crash.happens(2 * LONG) => happened,
        () = finished(&stage) => false,
    };
    stage.kill();
    let before = secrets(&stage.objects).await;
    let crashed = std::mem::replace(&mut stage.edge, Edge::new());
    stage.start().await;
    finished(&stage).await;
    stage.stop().await;
    let after = secrets(&stage.objects).await;
    for (name, data) in before {
        assert_eq!(after.get(&name), Some(&data), "{name} changed after {last:?} {n}");
    }
    let made = Contents::of(&stage.objects).await;
    let differences = made.differences(undisturbed);
    let listings = format!("before:\n{}after:\n{}", crashed.listing(), stage.edge.listing());
    assert!(differences.is_empty(), "crash at write {n}, {last:?}:\n{differences}\n{listings}");
    // An event may be lost with the memory of what was done, but none comes twice or from nowhere.
    let twice = made.events.windows(2).any(|pair| pair[0] == pair[1]);
    let is_known = made.events.iter().all(|event| undisturbed.events.contains(event));
    assert!(!twice && is_known, "crash at write {n}, {last:?}: {:#?}\n{listings}", made.events);
    has_crashed
}

async fn finished(stage: &Stage<'_>) {
    let broken = ("ipcconfigs", "broken");
    stage.objects.wait_for_condition(broken, "Ready", ("False", "InvalidSpec"), LONG).await;
    bot::settle(stage).await;
}

/// The data of the generated Secrets.
async fn secrets(objects: &Objects) -> BTreeMap<String, Value> {
    let secrets = objects.list("secrets").await.into_iter();
    secrets.map(|secret| (name(&secret), secret["data"].clone())).collect()
}

fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}
