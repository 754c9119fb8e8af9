//! What the operator costs: `cargo bench --bench converge`, some twenty-five minutes on two cores.
//!
//! Each side begins on a cluster of its own, with fake nodes and a disk that is flushed, on which the custom resources
//! are there already and nothing else is. Times are compared with those of a client that only writes, in turns, because
//! machines differ and their speed drifts.

#[path = "../../tests/cluster/mod.rs"]
mod cluster;
#[path = "../../tests/shell/support/mod.rs"]
mod support;

mod bare;
mod bot;
mod cpu;
mod healing;
mod measured;
mod memory;
mod operator;
mod plan;
mod scene;
mod table;

use measured::Measured;
use operator::Operator;
use scene::Scene;
use std::time::{Duration, Instant};
use table::{Table, median};

/// Modules of a large bot.
const MODULES: usize = 300;
/// Turns of both sides.
const TURNS: usize = 3;

#[tokio::main]
async fn main() {
    // `cargo test --benches` and the like only want to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut table = Table::default();
    let mut calm = None;
    if is_asked("converging") {
        calm = Some(converging(&mut table).await);
    }
    if let Some(calm) = calm.filter(|_| is_asked("crashing")) {
        crashing(&mut table, calm).await;
    }
    if is_asked("growing") {
        growing(&mut table).await;
    }
    if is_asked("memory") {
        memory::measure(&mut table).await;
    }
    if is_asked("large") {
        memory::measure_large(&mut table).await;
    }
    println!("\n{table}");
}

/// Whether a part is to be measured: `cargo bench --bench converge -- memory large` asks for two of them.
fn is_asked(part: &str) -> bool {
    let parts: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    parts.is_empty() || parts.iter().any(|asked| asked == part)
}

/// The operator against the bare client. Gives what the operator takes.
async fn converging(table: &mut Table) -> Duration {
    let (mut ratios, mut times, mut cpus, mut writes, mut events) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut heals = Vec::new();
    for turn in 1..=TURNS {
        let bare = bare(MODULES).await;
        println!("{bare}");
        let scene = Scene::with_bot(MODULES).await;
        let start = Instant::now();
        let operator = Operator::start(&scene, "bench");
        let took = scene.ready().await - start;
        println!("operator: {MODULES} modules Ready after {:.2} s", took.as_secs_f64());
        ratios.push(took.as_secs_f64() / bare.available.max(bare.written).as_secs_f64());
        times.push(took.as_secs_f64());
        cpus.push(operator.cpu() / bare.cpu);
        let counted = operator.writes();
        writes.push(per_module(counted.0));
        events.push(per_module(counted.1));
        if turn == TURNS {
            heals = healing::ratios(&scene).await;
        }
        operator.kill();
    }
    table.add("converging 300 modules, to a bare client", median(ratios), 1.3, " times");
    table.add("own writes per module, events apart", median(writes), 5.0, "");
    table.add("events per module", median(events), 2.0, "");
    table.add("CPU to converge 300 modules, to the bare client", median(cpus), 3.0, " times");
    table.add("heal of a deleted Deployment, to a bare create", median(heals), 2.0, " times");
    Duration::from_secs_f64(median(times))
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn per_module(count: u64) -> f64 {
    count as f64 / MODULES as f64
}

/// What no operator can be faster than by much: a client that knows all that is to be written.
async fn bare(modules: usize) -> Measured {
    let scene = Scene::with_bot(modules).await;
    let plan = plan::plan(&scene.resources().await, scene.namespace());
    bare::measure(&scene, plan).await
}

/// Killed in the middle, and started again.
async fn crashing(table: &mut Table, calm: Duration) {
    let scene = Scene::with_bot(MODULES).await;
    let start = Instant::now();
    let first = Operator::start(&scene, "bench");
    while scene.objects.list("deployments").await.len() < MODULES / 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    first.kill();
    let _second = Operator::start(&scene, "bench");
    let ratio = (scene.ready().await - start).as_secs_f64() / calm.as_secs_f64();
    table.add("killed in the middle, to undisturbed", ratio, 1.5, " times");
}

async fn growing(table: &mut Table) {
    let mut times = Vec::new();
    for modules in [250, 1000] {
        let scene = Scene::with_bot(modules).await;
        let start = Instant::now();
        let _operator = Operator::start(&scene, "bench");
        let took = (scene.ready().await - start).as_secs_f64();
        times.push(took);
        println!("operator: {modules} modules Ready after {took:.2} s");
    }
    table.add("1,000 modules to 250", times[1] / times[0], 4.4, " times");
}
