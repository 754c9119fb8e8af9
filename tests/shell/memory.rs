//! What a crowd at the HTTP API costs the process.

use crate::binary::Binary;
use crate::http_client::{Client, FOREVER};
use crate::operator::cluster;
use crate::support::Objects;
use futures::future::join_all;
use tokio::time::timeout;

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
    for _ in 0..SLOW {
        let mut client = Client::connect(operator.address).await;
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
