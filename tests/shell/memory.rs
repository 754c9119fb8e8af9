//! What a crowd at the HTTP API costs the process.

use crate::binary::Binary;
use crate::http_client::{Client, FOREVER};
use crate::operator::cluster;
use crate::support::Objects;
use tokio::time::timeout;

const SLOW: usize = 100;
const MANY: usize = 1000;

/// Some pages of the allocator stay behind after the first crowd.
const FLAT: u64 = 4 << 20;

/// So many requests, thirty at a time.
async fn ask(operator: &Binary, times: usize) {
    for _ in 0..times.div_ceil(30) {
        let answers = (0..30).map(|_| operator.get("/api/metrics", &[]));
        let answers = futures::future::join_all(answers).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_and_a_hundred_slow_clients_leave_its_memory_as_it_was() {
    let objects = Objects::in_fresh_namespace(cluster(), "memory").await;
    let mut operator = Binary::start(cluster(), objects.namespace(), &[]);
    operator.is_ready().await;
    ask(&operator, 100).await;
    let before = operator.memory();

    let mut slow = Vec::new();
    for _ in 0..SLOW {
        let mut client = Client::connect(operator.address).await;
        client.send("GET / HTTP/1.1\r\nHost: test\r\nX-Long: ").await;
        client.send("x".repeat(1000)).await;
        slow.push(client);
    }
    // A hundred of them leave room for others.
    for _ in 0..MANY / 100 {
        let answers = (0..100).map(|_| operator.get("/livez", &[]));
        let answers = timeout(FOREVER, futures::future::join_all(answers)).await.expect("in time");
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
    let with_slow = operator.memory();
    for mut client in slow {
        // 408 or nothing: what matters is that they are let go of.
        client.read_to_end().await;
    }
    ask(&operator, 100).await;
    let after = operator.memory();
    let grown = |now: u64| now.saturating_sub(before);
    println!("{before} B, {with_slow} B with slow clients, {after} B after");
    assert!(grown(with_slow) < 2 * FLAT, "{before} B, and {with_slow} B with slow clients");
    assert!(grown(after) < FLAT, "{before} B before, and {after} B after");
    operator.ends_well().await;
}
