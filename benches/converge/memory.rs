//! What the operator keeps in memory, and what it costs when nothing happens.

use crate::operator::Operator;
use crate::scene::Scene;
use crate::table::{Table, median};
use futures::{StreamExt, stream};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const MODULES: usize = 1000;
/// Modules of a bot larger than any.
const LARGE: usize = 5000;
/// Requests for the status, one after the other.
const LOOKS: usize = 100;
const SECRETS: usize = 10_000;
/// Bytes in each of them.
const SIZE: usize = 10 * 1024;
/// Until controllers and caches have come to rest.
const REST: Duration = Duration::from_secs(15);
const MINUTE: Duration = Duration::from_mins(1);

pub async fn measure(table: &mut Table) {
    let mut scene = Scene::empty().await;
    let mut operator = Operator::start(&scene, "bench");
    operator.is_up().await;
    sleep(REST).await;
    let empty = operator.memory();
    table.add("memory (RSS), empty", empty, 15.0, " MB");
    scene.add_bot(MODULES).await;
    scene.ready().await;
    sleep(REST).await;
    let full = operator.memory();
    table.add("memory more for 1,000 modules and their pods", full - empty, 20.0, " MB");
    let before = operator.cpu();
    sleep(MINUTE).await;
    let share = (operator.cpu() - before) / MINUTE.as_secs_f64() * 100.0;
    table.add("CPU of a settled cluster of 1,000 modules", share, 0.5, " %");
    status(&operator, table).await;
    let settled = operator.memory();
    add_foreign_secrets(&scene).await;
    sleep(REST).await;
    let more = (operator.memory() - settled) / settled * 100.0;
    table.add("memory more with 10,000 foreign Secrets of 10 KB", more, 5.0, " %");
}

/// What the page asks for, and others who may ask all the time.
async fn status(operator: &Operator, table: &mut Table) {
    let before = operator.memory();
    let mut times = Vec::new();
    for _ in 0..LOOKS {
        let start = Instant::now();
        let answer = operator.get_as_holder("/api/status");
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"module-999\""));
    }
    table.add("/api/status of 1,000 modules", median(times), 20.0, " ms");
    sleep(REST).await;
    table.add("memory more after 100 of them", operator.memory() - before, 2.0, " MB");
}

/// A bot as large as they come, and an operator that is started again beside it.
pub async fn measure_large(table: &mut Table) {
    let scene = Scene::with_bot(LARGE).await;
    let mut operator = Operator::start(&scene, "bench");
    scene.ready().await;
    sleep(REST).await;
    operator.kill();
    let start = Instant::now();
    operator = Operator::start(&scene, "bench");
    operator.is_up().await;
    table.add("5,000 modules: ready after a restart", start.elapsed().as_secs_f64(), 5.0, " s");
    sleep(REST).await;
    table.add("5,000 modules: memory (RSS)", operator.memory(), 120.0, " MB");
}

async fn add_foreign_secrets(scene: &Scene) {
    let api: Api<Secret> = Api::namespaced(scene.objects.client().clone(), scene.namespace());
    let writes = stream::iter(0..SECRETS).map(|number| {
        let api = api.clone();
        async move {
            let name = Some(format!("foreign-{number}"));
            let data = [("key".to_owned(), ByteString(vec![b'x'; SIZE]))];
            let secret = Secret {
                metadata: ObjectMeta { name, ..ObjectMeta::default() },
                data: Some(data.into()),
                ..Secret::default()
            };
            api.create(&PostParams::default(), &secret).await.expect("created");
        }
    });
    writes.buffer_unordered(8).collect::<Vec<()>>().await;
}
