//! What a crowd at the HTTP API costs the process, and what a history of changes does.

use crate::binary::Binary;
use crate::http_client::{Client, FOREVER};
use crate::operator::{LONG, cluster};
use crate::support::{Objects, module};
use futures::future::join_all;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::time::{sleep, timeout};

const SLOW: usize = 100;
const MANY: usize = 1000;

/// What the allocator may keep after the first crowds, in bytes: about 3 MiB were measured.
const KEPT: u64 = 6 << 20;
/// What one more crowd may add: what was kept is used again.
const FLAT: u64 = 1 << 20;

/// So many requests, thirty at a time.
async fn ask(operator: &Binary, times: usize) {
    for _ in 0..times.div_ceil(30) {
        let answers = (0..30).map(|_| operator.get("/api/metrics", &[]));
        let answers = join_all(answers).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
}

/// Slow clients, and a thousand requests while they are there. Ends when all are gone.
async fn crowd(operator: &Binary) {
    let mut slow = Vec::new();
    for number in 0..SLOW {
        // From several addresses, each of which has a share of the connections.
        let from = Ipv4Addr::new(127, 0, 0, 2 + u8::try_from(number % 4).expect("a small number"));
        let mut client = Client::connect_from(from, operator.address).await;
        client.send("GET / HTTP/1.1\r\nHost: test\r\nX-Long: ").await;
        client.send("x".repeat(1000)).await;
        slow.push(client);
    }
    for _ in 0..MANY / 100 {
        let answers = (0..100).map(|_| operator.get("/livez", &[]));
        let answers = timeout(FOREVER, join_all(answers)).await.expect("in time");
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
    for mut client in slow {
        // With an answer or without: what matters is that they are let go of.
        client.read_to_end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_and_a_hundred_slow_clients_leave_its_memory_as_it_was() {
    let objects = Objects::in_fresh_namespace(cluster(), "memory").await;
    let mut operator = Binary::start(cluster(), objects.namespace(), &[]);
    operator.is_ready().await;
    ask(&operator, 100).await;
    let mut memory = vec![operator.memory()];
    for _ in 0..3 {
        crowd(&operator).await;
        ask(&operator, 100).await;
        memory.push(operator.memory());
    }
    let [before, _, second, third] = memory[..] else { unreachable!("four measurements") };
    assert!(third < before + KEPT, "bytes after each crowd: {memory:?}");
    assert!(third < second + FLAT, "bytes after each crowd: {memory:?}");
    operator.ends_well().await;
}

/// Modules with a Secret whose name holds a hash of what is in it, and how often that changes.
const MODULES: usize = 20;
const RENAMES: usize = 50;
/// Bytes in each Secret: a thousand of them would be seen.
const DATA: usize = 20_000;
/// What the allocator may keep of a thousand Secrets that came and went.
const SPARE: u64 = 4 << 20;

fn secret(module: usize, round: usize) -> String {
    format!("env-{module}-{round}")
}

/// It waits for an IpcConfig, so that nothing is made of it: what it asks for is read all the same.
fn asking(number: usize, round: usize) -> Value {
    let env = json!({ "name": secret(number, round) });
    let spec = json!({ "image": "a", "ipcConfig": "missing", "envSecret": env });
    module(&format!("module-{number}"), spec)
}

/// Gives every module the next Secret. The former ones stay on the cluster, as kustomize leaves them.
async fn rename(objects: &Objects, round: usize) {
    let renames = (0..MODULES).map(|number| async move {
        objects
            .apply_value(json!({
                "apiVersion": "v1", "kind": "Secret",
                "metadata": { "name": secret(number, round) },
                "stringData": { "KEY": "x".repeat(DATA) },
            }))
            .await;
        objects.apply_value(asking(number, round)).await;
    });
    join_all(renames).await;
}

/// How many Secrets have been read.
async fn reads(operator: &Binary) -> u64 {
    let text = operator.get("/metrics", &[]).await.body;
    let of_secrets = text.lines().filter(|line| {
        let labels = ["rest_client_requests_total{", "kind=\"secrets\"", "method=\"GET\""];
        labels.iter().all(|part| line.contains(part))
    });
    of_secrets.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

/// So many renames, each of which is read before the next.
async fn rename_often(objects: &Objects, operator: &Binary, rounds: std::ops::Range<usize>) {
    for round in rounds {
        let before = reads(operator).await;
        rename(objects, round).await;
        let all_read = async {
            while reads(operator).await < before + MODULES as u64 {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(LONG, all_read).await.unwrap_or_else(|_| panic!("{}", operator.log()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_renamed_secrets_leave_its_memory_as_it_was() {
    let objects = Objects::in_fresh_namespace(cluster(), "memory").await;
    let mut operator = Binary::start(cluster(), objects.namespace(), &[]);
    operator.is_ready().await;
    rename_often(&objects, &operator, 0..10).await;
    let before = operator.memory();
    rename_often(&objects, &operator, 10..10 + RENAMES).await;
    let after = operator.memory();
    assert!(after < before + SPARE, "{before} bytes before, {after} after");
    operator.ends_well().await;
}
