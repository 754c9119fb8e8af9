//! The edge between a client and the API server: every request that crosses it is recorded, and any can be made to fail.
//!
//! ```ignore
//! let edge = Edge::new();
//! let client = edge.client(&cluster).await;
//! let rule = edge.rule(|request| request.is(Verb::List, "secrets"), Fault::Status(503).times(2));
//! // … start what uses the client …
//! rule.hit(LONG).await;
//! ```

mod crash;
mod fault;
mod request;
mod rule;
mod service;
mod settled;
mod stream;

pub use crash::{Crash, LastWrite};
pub use fault::{Fault, Limited};
pub use request::{Request, Verb};
pub use rule::Rule;

use crate::cluster::Cluster;
use crash::CrashState;
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use rule::{Matcher, Rules};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A tower layer for clients. Clones are the same edge; it may lie around any number of clients.
#[derive(Clone)]
pub struct Edge {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Told of every change of the state.
    changes: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    seen: u64,
    requests: Vec<Request>,
    rules: Rules,
    /// Watches up to that number, and which of them, whose connections break.
    cuts: Vec<(u64, Matcher)>,
    crash: CrashState,
}

impl Edge {
    pub fn new() -> Edge {
        Edge {
            shared: Arc::new(Shared { state: Mutex::default(), changes: watch::Sender::new(()) }),
        }
    }

    /// A client for the administrator of `cluster`, all of whose requests cross this edge. It repeats none by itself.
    pub async fn client(&self, cluster: &Cluster) -> Client {
        let builder = ClientBuilder::try_from(config(cluster).await)
            .unwrap_or_else(|e| panic!("cannot make a client: {e}"));
        builder.with_layer(self).build()
    }

    /// All requests so far, in the order in which they were made.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// Those that change something in the cluster, Leases apart.
    pub fn writes(&self) -> Vec<Request> {
        self.select(Request::is_write)
    }

    /// Those that `wanted` says.
    pub fn select(&self, mut wanted: impl FnMut(&Request) -> bool) -> Vec<Request> {
        self.state().requests.iter().filter(|request| wanted(request)).cloned().collect()
    }

    /// Forgets all requests so far. Their numbers are not given again.
    pub fn clear(&self) {
        self.change(|state| state.requests.clear());
    }

    /// Waits for the first value that `probe` makes of the requests so far; called again whenever they change.
    #[track_caller]
    pub fn wait_for<T>(
        &self,
        what: &str,
        limit: Duration,
        mut probe: impl FnMut(&[Request]) -> Option<T>,
    ) -> impl Future<Output = T> {
        let caller = std::panic::Location::caller();
        async move {
            let found =
                tokio::time::timeout(limit, self.until(|state| probe(&state.requests))).await;
            found.unwrap_or_else(|_| {
                panic!("{caller}: {what}: not within {limit:?}. Requests:\n{}", self.listing())
            })
        }
    }

    /// Waits for a request that `wanted` says, and gives it.
    #[track_caller]
    pub fn wait_for_request(
        &self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&Request) -> bool,
    ) -> impl Future<Output = Request> {
        self.wait_for(what, limit, move |requests| {
            requests.iter().find(|request| wanted(request)).cloned()
        })
    }

    /// One line for each request, for messages.
    pub fn listing(&self) -> String {
        self.state().requests.iter().map(|request| format!("  {request:?}\n")).collect()
    }

    /// From now on requests that `matcher` says meet `fault`, until the rule is dropped. Of several rules the youngest
    /// counts.
    pub fn rule(
        &self,
        matcher: impl Fn(&Request) -> bool + Send + Sync + 'static,
        fault: impl Into<Limited>,
    ) -> Rule {
        let id = self.change(|state| state.rules.add(Box::new(matcher), fault.into()));
        Rule::new(self.clone(), id)
    }

    /// Breaks the connections of all watches that stand now and that `matcher` says; those opened later are let live.
    pub fn cut_watches(&self, matcher: impl Fn(&Request) -> bool + Send + Sync + 'static) {
        self.change(|state| state.cuts.push((state.seen, Box::new(matcher))));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.shared.changes.send_replace(());
        result
    }

    fn subscribe(&self) -> watch::Receiver<()> {
        self.shared.changes.subscribe()
    }

    async fn until<T>(&self, mut probe: impl FnMut(&State) -> Option<T>) -> T {
        let mut changes = self.subscribe();
        loop {
            if let Some(value) = probe(&self.state()) {
                return value;
            }
            // The sender lives in ourselves.
            let _ = changes.changed().await;
        }
    }

    /// Notes the end of a request; the first end counts.
    fn finish(&self, number: u64, status: Option<u16>) {
        self.change(|state| {
            let mut requests = state.requests.iter_mut().rev();
            let request = requests.find(|request| request.number == number);
            if let Some(request) = request.filter(|request| request.finished.is_none()) {
                request.status = status;
                request.finished = Some(Instant::now());
            }
        });
    }
}

/// How to reach `cluster` as its administrator, for clients made in another way.
pub async fn config(cluster: &Cluster) -> Config {
    let kubeconfig = Kubeconfig::read_from(cluster.kubeconfig())
        .unwrap_or_else(|e| panic!("cannot read the cluster's kubeconfig: {e}"));
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .unwrap_or_else(|e| panic!("cannot use the cluster's kubeconfig: {e}"));
    // A repetition inside the client would hide behind one record.
    config.default_retry = false;
    config
}
