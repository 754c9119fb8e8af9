//! How rendering grows. The last lines are ratios, which hold on noisy machines where times do not.

#[path = "converge/bot.rs"]
mod bot;

use bot::bot;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use eevee_operator::action::Subject;
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{Defaults, Input, load};
use eevee_operator::offline::{self, Format, Options};
use eevee_operator::render::{render, render_subject};
use eevee_operator::snapshot::{ClusterSnapshot, Entropy, Settings};
use eevee_operator::source::Recorder;
use eevee_operator::world::World;
use eevee_operator::yaml;
use jiff::Timestamp;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn defaults() -> Defaults {
    Defaults {
        settings: Settings { watch_other_namespaces: true, ..Settings::default() },
        namespace: "eevee-bot".to_owned(),
        now: Timestamp::UNIX_EPOCH,
        entropy: Entropy([7; 32]),
    }
}

fn world(modules: usize) -> World {
    let source = Input { name: "bench".to_owned(), text: bot(modules) };
    offline::admitted(load(&[source], defaults()).unwrap_or_else(|error| panic!("{error}")))
}

/// A cluster on which everything is to be created.
fn fresh(modules: usize) -> ClusterSnapshot {
    let mut world = world(modules);
    // The token comes first; modules wait for it.
    let first = render(world.snapshot());
    world.perform_all(&first);
    world.into_snapshot()
}

/// A cluster on which nothing is to be done.
fn settled(modules: usize) -> ClusterSnapshot {
    let mut world = world(modules);
    for _ in 0..4 {
        let actions = render(world.snapshot());
        world.perform_all(&actions);
        world.settle_workloads();
    }
    let actions = render(world.snapshot());
    world.perform_all(&actions);
    assert!(render(world.snapshot()).is_empty(), "the cluster does not settle");
    world.into_snapshot()
}

fn rendering(criterion: &mut Criterion) {
    for (state, make) in [("fresh", fresh as fn(usize) -> ClusterSnapshot), ("settled", settled)] {
        let mut group = criterion.benchmark_group(format!("render/{state}"));
        for modules in [1, 10, 100, 1000] {
            let snapshot = make(modules);
            group.throughput(Throughput::Elements(modules as u64));
            group.bench_function(modules.to_string(), |bencher| {
                bencher.iter(|| render(black_box(&snapshot)));
            });
        }
    }
}

fn one_of_many(criterion: &mut Criterion) {
    let subject = Subject::of(Kind::BotModule, "eevee-bot", "module-500");
    for (state, snapshot) in [("fresh", fresh(1000)), ("settled", settled(1000))] {
        criterion.bench_function(&format!("one neighbourhood of 1000/{state}"), |bencher| {
            bencher.iter(|| {
                let recorder = Recorder::new(black_box(&snapshot));
                (render_subject(&recorder, &subject), recorder.into_snapshot())
            });
        });
    }
}

fn text(criterion: &mut Criterion) {
    let bot = bot(1000);
    let documents = yaml::read(&bot).unwrap_or_else(|error| panic!("{error}"));
    let mut group = criterion.benchmark_group("yaml");
    group.throughput(Throughput::Bytes(bot.len() as u64));
    group.bench_function("read 1000 modules", |bencher| {
        bencher.iter(|| yaml::read(black_box(&bot)));
    });
    group.bench_function("print 1000 modules", |bencher| {
        bencher.iter(|| {
            documents.iter().map(|document| yaml::to_string(&document.value).len()).sum::<usize>()
        });
    });
    group.sample_size(10);
    let options = Options { format: Format::Yaml, actions: false, show_secrets: false };
    group.bench_function("render 1000 modules from text to text", |bencher| {
        bencher.iter_batched(
            || [Input { name: "bench".to_owned(), text: bot.clone() }],
            |sources| offline::render_sources(&sources, defaults(), &options),
            BatchSize::LargeInput,
        );
    });
}

/// Interleaved runs, so that a machine whose speed drifts slows both sides alike.
fn growth(_: &mut Criterion) {
    for (state, make) in [("fresh", fresh as fn(usize) -> ClusterSnapshot), ("settled", settled)] {
        let (small, large) = (make(100), make(1000));
        let mut ratios: Vec<f64> =
            (0..15).map(|_| time(&large).as_secs_f64() / time(&small).as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        println!("growth/{state}: T(1000) / T(100) = {:.1} (at most 10.5)", ratios[7]);
    }
}

fn time(snapshot: &ClusterSnapshot) -> Duration {
    let start = Instant::now();
    black_box(render(black_box(snapshot)));
    start.elapsed()
}

criterion_group!(benches, rendering, one_of_many, text, growth);
criterion_main!(benches);
