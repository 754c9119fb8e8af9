//! Where a test plays: a namespace on a cluster, and an operator for it that is started and stopped.
//!
//! `bot::settled` sets one with a small bot on it. What is done on a stage is in `changes`, what is
//! found there in `findings`.

use crate::cluster::{Casing, Cluster};
use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, Objects, Request, Verb};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// Longer than any step of a reconciliation takes: what has written nothing for so long has nothing
/// more to write, but for a status of numbers alone.
pub const QUIET: Duration = Duration::from_secs(3);

/// Longer than the operator holds back a status that says new numbers of replicas and nothing else,
/// which is 5 s. For tests that judge statuses.
const QUIET_STATUSES: Duration = Duration::from_secs(7);

pub struct Stage<'a> {
    pub cluster: &'a Cluster,
    pub casing: Casing,
    pub objects: Objects,
    pub edge: Edge,
    running: Option<Running>,
}

impl Stage<'static> {
    /// On the cluster that most tests share, with an operator.
    pub async fn set(prefix: &str) -> Self {
        let mut stage = Self::without_operator(prefix).await;
        stage.start().await;
        stage
    }

    pub async fn without_operator(prefix: &str) -> Self {
        Stage::on((cluster(), Casing::Camel), prefix).await
    }
}

impl<'a> Stage<'a> {
    /// On another cluster, without an operator.
    pub async fn on((cluster, casing): (&'a Cluster, Casing), prefix: &str) -> Self {
        let objects = Objects::in_fresh_namespace(cluster, prefix).await;
        Stage { cluster, casing, objects, edge: Edge::new(), running: None }
    }

    pub async fn start(&mut self) {
        self.running = Some(Running::start(self.cluster, &self.objects, &self.edge).await);
    }

    /// Starts the operator, and waits until it has begun to look at what is there.
    pub async fn start_looking(&mut self) {
        let before = self.edge.requests().last().map_or(0, |request| request.number);
        self.start().await;
        let looks = |request: &Request| {
            request.number > before && request.is(Verb::Get, "secrets") && request.status.is_some()
        };
        self.edge.wait_for_request("the first look", LONG, looks).await;
    }

    pub async fn stop(&mut self) {
        self.running.take().expect("an operator").stop().await;
    }

    /// Ends the operator without a farewell, as in a crash.
    pub fn kill(&mut self) {
        self.running = None;
    }

    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("an operator").address
    }

    pub fn namespace(&self) -> &str {
        self.objects.namespace()
    }

    /// Waits until the pods of a module are as its spec says now.
    #[track_caller]
    pub fn ready(&self, module: &str) -> impl Future<Output = Value> {
        self.objects.ready(("botmodules", module), "AvailableReplicas", LONG)
    }

    /// The same for the NATS of an IpcConfig.
    #[track_caller]
    pub fn nats_ready(&self, name: &str) -> impl Future<Output = Value> {
        self.objects.ready(("ipcconfigs", name), "NatsDeployed", LONG)
    }

    /// Waits for NATS `main` and these modules.
    pub async fn all_ready(&self, modules: &[&str]) {
        self.nats_ready("main").await;
        for module in modules {
            self.ready(module).await;
        }
    }

    /// Waits until nothing is written any more, but for a status of numbers alone.
    #[track_caller]
    pub fn settled(&self) -> impl Future<Output = ()> {
        self.edge.settled(QUIET, LONG)
    }

    /// Waits until nothing is written any more, statuses of numbers included.
    #[track_caller]
    pub fn statuses_settled(&self) -> impl Future<Output = ()> {
        self.edge.settled(QUIET_STATUSES, LONG)
    }

    /// Starts the operator once more where all is settled. It must write nothing.
    pub async fn starts_without_a_write(&mut self) {
        self.stop().await;
        self.edge.clear();
        self.start_looking().await;
        self.statuses_settled().await;
        let writes = self.edge.writes();
        assert!(writes.is_empty(), "a start in sync wrote {writes:#?}");
    }
}
