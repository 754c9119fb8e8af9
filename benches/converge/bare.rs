//! A client that only writes: as many requests as are needed, and no more.

use crate::cpu;
use crate::measured::Measured;
use crate::plan::{Plan, Write};
use crate::scene::Scene;
use crate::support::config;
use futures::future::join_all;
use kube::Client;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 8;

pub async fn measure(scene: &Scene, plan: Plan) -> Measured {
    let writes = plan.writes();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(connected(scene).await);
    }
    let (start, cpu) = (Instant::now(), cpu::of("self"));
    let (written, available) = tokio::join!(perform(&clients, plan, start), scene.available());
    Measured {
        side: "bare client",
        modules: scene.modules,
        writes,
        written,
        available: available - start,
        cpu: cpu::of("self") - cpu,
    }
}

/// A client whose one connection stands already.
async fn connected(scene: &Scene) -> Client {
    let client = Client::try_from(config(&scene.cluster).await);
    let client = client.unwrap_or_else(|e| panic!("cannot make a client: {e}"));
    client.apiserver_version().await.unwrap_or_else(|e| panic!("cannot reach the cluster: {e}"));
    client
}

/// What all share first, then module by module, each client taking the next one that nobody has taken.
async fn perform(clients: &[Client], plan: Plan, start: Instant) -> Duration {
    for write in plan.shared {
        apply(&clients[0], write).await;
    }
    let queue = Mutex::new(plan.modules.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    join_all(clients.iter().map(|client| async {
        while let Some(module) = next() {
            for write in module {
                apply(client, write).await;
            }
        }
    }))
    .await;
    start.elapsed()
}

async fn apply(client: &Client, write: Write) {
    let Write { uri, body } = write;
    let request = http::Request::patch(&uri)
        .header(http::header::CONTENT_TYPE, "application/apply-patch+yaml")
        .body(body.to_string().into_bytes())
        .unwrap_or_else(|e| panic!("{uri}: {e}"));
    client.request_text(request).await.unwrap_or_else(|e| panic!("cannot apply {uri}: {e}"));
}
