//! The only rooms that wait: they watch what the cluster holds, perform what render decides, and
//! serve HTTP.
//!
//! ```text
//! watch ─▶ cache ─▶ queue ─▶ engine: look → render → apply ─▶ cluster
//!                              ▲                      │
//! lease ─▶ fence ──────────────┘        cache ◀───────┘ answers
//! ```
//!
//! | room | what it does |
//! |---|---|
//! | `watch` | one task for each kind, each with its own back-off |
//! | `cache` | what is known, and who has asked for it |
//! | `queue`, `engine` | one reconciliation at a time for each Subject |
//! | `reads`, `apply` | the only requests that a reconciliation sends |
//! | `questions` | what render asks and no cache holds, answered beside the workers |
//! | `lease` | which replica may write, and until when |
//! | `access` | the way to the API server, from a kubeconfig or the pod |
//! | [`http`], [`metrics`] | what is told to the outside |
//! | [`inspect`] | asks for all that `check` judges |

mod access;
mod apply;
mod backend;
mod cache;
mod discovery;
mod engine;
mod fetch;
mod follow;
mod glance;
mod guard;
pub mod http;
pub mod inspect;
mod kinds;
mod lease;
mod life;
mod look;
pub mod metrics;
mod pages;
mod questions;
mod queue;
mod reads;
mod request;
mod requeue;
mod retries;
mod scrub;
mod skim;
mod steps;
mod survey;
mod wait;
mod watch;

pub use access::{ClientParts, client, configuration, from_kubeconfig, namespace_of_context};
pub use discovery::{Served, served_kinds};
pub use fetch::Fetch;
pub use follow::Following;
pub use glance::{Glance, glance};
pub use lease::Timing;
pub use survey::{Survey, survey};

use crate::snapshot::Settings;
use backend::Operator;
use cache::Cache;
use engine::Engine;
use kube::Client;
use lease::Election;
use life::Life;
use metrics::Metrics;
use queue::Queue;
use std::future::Future;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::sync::watch as signal;
use tokio::task::JoinHandle;
use watch::Watches;

/// A watch gives a sign of life at least this often: after [`watch`]'s limits at the latest.
const WATCH_MOVES: Duration = Duration::from_mins(5);
/// The loops that wait for the cluster ask every second or two, and for ten seconds at most.
const LOOP_MOVES: Duration = Duration::from_mins(1);
/// How long the end may take. Kubernetes gives 30 seconds by default, a person 5.
const FAREWELL: Duration = Duration::from_secs(4);

/// What an operator is started with.
pub struct Launch {
    pub client: Client,
    pub settings: Settings,
    /// This replica's name in the Lease and in events, which no other replica has.
    pub identity: String,
    pub timing: Timing,
    /// Where the HTTP API listens.
    pub listener: TcpListener,
    /// Where the kubelet asks, if anywhere else.
    pub health: Option<TcpListener>,
    /// Whether browsers get a page.
    pub web_page: bool,
}

/// Runs the operator until `shutdown` is ready, then gives the Lease back.
///
/// # Errors
/// Why it ended by itself: started again, it may do better.
pub async fn run(launch: Launch, shutdown: impl Future<Output = ()>) -> Result<(), String> {
    let Launch { client, settings, identity, timing, listener, health, web_page } = launch;
    let metrics = Metrics::new();
    let client = guard::guarded(client, metrics.clone());
    let life = Life::default();
    let operator = Arc::new(Operator {
        client: client.clone(),
        cache: Arc::new(Cache::new(settings.clone())),
        life: life.clone(),
        waits_for: RwLock::new(Some("the operator is starting".to_owned())),
    });
    let (stop, stopped) = signal::channel(());
    let served =
        http::Api::new(Arc::clone(&operator), settings.api_token.as_deref(), metrics.clone())
            .with_web_page(web_page);
    let http = tokio::spawn(http::serve(listener, Arc::new(served), ended(stopped.clone())));
    let probed = http::Api::health(Arc::clone(&operator), metrics.clone());
    let health = health.map(|listener| {
        tokio::spawn(http::serve(listener, Arc::new(probed), ended(stopped.clone())))
    });
    let (election, fence) = Election::new(
        client.clone(),
        &settings.namespace,
        identity.clone(),
        timing,
        metrics.clone(),
    );
    let queue = Arc::new(Queue::new(metrics.clone()));
    let cache = Arc::clone(&operator.cache);
    let (fatal, mut broken) = mpsc::channel(1);
    let engine = Engine::new(client, cache, queue, metrics, fence, identity, fatal);
    let _work = Tasks(vec![tokio::spawn(work(operator, Arc::new(engine)))]);
    let election = tokio::spawn(election.run(life.expect("the lease", LOOP_MOVES), ended(stopped)));
    let mut polite = Tasks([election, http].into_iter().chain(health).collect());
    let outcome = tokio::select! {
        () = shutdown => Ok(()),
        Some(why) = broken.recv() => Err(why),
    };
    tracing::info!("stopping");
    drop(stop);
    let farewells = futures::future::join_all(&mut polite.0);
    if tokio::time::timeout(FAREWELL, farewells).await.is_err() {
        tracing::warn!("not everything ended in time");
    }
    outcome
}

/// Waits until the resources are served and the caches are filled, then reconciles.
async fn work(operator: Arc<Operator>, engine: Arc<Engine>) {
    let beat = operator.life.expect("discovery", LOOP_MOVES);
    let waits_for = |what: &str| operator.set_waits_for(Some(what.to_owned()));
    let served = discovery::await_resources(&operator.client, &beat, waits_for).await;
    drop(beat);
    operator.cache.set_served(served.kinds);
    operator.set_waits_for(None);
    let filled = Arc::new(tokio::sync::Notify::new());
    let watches = Watches {
        client: operator.client.clone(),
        cache: Arc::clone(&operator.cache),
        metrics: engine.metrics.clone(),
        queue: Arc::clone(&engine.queue),
        filled: Arc::clone(&filled),
        missing: Arc::new(served.missing),
    };
    let mut tasks = Tasks(watches.start(&operator.life, WATCH_MOVES));
    while !operator.cache.unfilled().is_empty() {
        filled.notified().await;
    }
    tracing::info!(
        modules = operator.cache.count(crate::kinds::Kind::BotModule),
        "the caches are filled"
    );
    tasks.0.extend(engine.start(&operator.life));
    std::future::pending::<()>().await;
}

/// Tasks that end with their owner.
struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// Waits until the other end of a signal is dropped.
async fn ended(mut signal: signal::Receiver<()>) {
    while signal.changed().await.is_ok() {}
}
