//! Prometheus metrics. Every series has the label `app="eevee-operator"`.
//!
//! Labels are bounded: their values are constants, status codes or names of resources that there
//! are, and the series of a deleted resource are removed.
//!
//! Names without the prefix `eevee_operator_` are those of controller-runtime and client-go, which
//! dashboards look for.

mod backups;
mod families;
mod gauges;
mod health;
mod modules;
mod series;
mod servers;
mod stores;

#[cfg(test)]
mod tests;

use crate::kinds::Kind;
use crate::names::OPERATOR;
use crate::object::{Object, ObjectRef};
use crate::render::Vitals;
use backups::BackupMetrics;
use families::Families;
use health::Healths;
use modules::Modules;
use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec};
use series::Series;
use servers::servers;
use std::sync::Arc;
use stores::stores;

/// The content type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Label of what is not one of the values that there are.
const OTHER: &str = "other";

/// Everything that is measured. A clone measures the same.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    families: Families,
    api_requests: IntCounterVec,
    api_seconds: HistogramVec,
    resource_events: IntCounterVec,
    watches: IntGaugeVec,
    reconciles: IntCounterVec,
    reconcile_errors: IntCounterVec,
    reconcile_seconds: HistogramVec,
    queue_depth: IntGaugeVec,
    leader: IntGaugeVec,
    cluster_requests: IntCounterVec,
    cluster_seconds: HistogramVec,
    failed_events: IntCounterVec,
    modules: Modules,
    servers: Healths,
    stores: Healths,
    backups: BackupMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing measured yet. What has no labels is zero from the start.
    pub fn new() -> Self {
        let mut families = Families::new();
        let f = &mut families;
        let inner = Inner {
            api_requests: f.counter(
                "eevee_operator_api_requests_total",
                "Answered requests of the HTTP API.",
                &["method", "route", "status_code"],
            ),
            api_seconds: f.histogram(
                "eevee_operator_api_request_duration_seconds",
                "Time from the head of a request of the HTTP API to its answer.",
                &["method", "route"],
            ),
            resource_events: f.counter(
                "eevee_operator_k8s_resource_events_total",
                "Changes of objects that watches have told of.",
                &["resource_type", "event_type"],
            ),
            watches: f.gauge(
                "eevee_operator_k8s_active_watches",
                "Watches that are connected.",
                &[],
            ),
            reconciles: f.counter(
                "controller_runtime_reconcile_total",
                "Finished reconciliations of one resource.",
                &["controller", "result"],
            ),
            reconcile_errors: f.counter(
                "controller_runtime_reconcile_errors_total",
                "Reconciliations that ended with an error.",
                &["controller"],
            ),
            reconcile_seconds: f.histogram(
                "controller_runtime_reconcile_time_seconds",
                "Time of one reconciliation.",
                &["controller"],
            ),
            queue_depth: f.gauge(
                "workqueue_depth",
                "Resources that wait to be reconciled.",
                &["name", "controller"],
            ),
            leader: f.gauge(
                "leader_election_master_status",
                "1 while this replica holds the lease, else 0.",
                &["name"],
            ),
            cluster_requests: f.counter(
                "rest_client_requests_total",
                "Requests to the API server, by HTTP status; code <error> is no answer.",
                &["method", "kind", "code"],
            ),
            cluster_seconds: f.histogram(
                "rest_client_request_duration_seconds",
                "Time of one request to the API server.",
                &["verb"],
            ),
            failed_events: f.counter(
                "eevee_operator_k8s_events_failed_total",
                "Kubernetes events that could not be posted.",
                &[],
            ),
            modules: Modules::new(f),
            servers: servers(f),
            stores: stores(f),
            backups: BackupMetrics::new(f),
            families,
        };
        let metrics = Self(Arc::new(inner));
        metrics.0.start();
        metrics
    }

    /// All of it in the text format of Prometheus, see [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        self.0.families.text()
    }

    /// Counts an answer of the HTTP API. `route` is the pattern of the path, never the path.
    pub fn api_request(&self, method: &str, route: &'static str, status: u16, seconds: f64) {
        let method = known_method(method);
        let status = status.to_string();
        self.0.api_requests.with_label_values(&[method, route, status.as_str()]).inc();
        self.0.api_seconds.with_label_values(&[method, route]).observe(seconds);
    }

    /// Counts what a watch has told: `ADDED`, `MODIFIED` or `DELETED`.
    pub fn resource_event(&self, kind: Kind, event: &'static str) {
        self.0.resource_events.with_label_values(&[kind.name(), event]).inc();
    }

    /// A watch is connected.
    pub fn watch_started(&self) {
        self.0.watches.with_label_values::<&str>(&[]).inc();
    }

    /// A watch that was connected is no more.
    pub fn watch_ended(&self) {
        self.0.watches.with_label_values::<&str>(&[]).dec();
    }

    /// Counts a restart that was asked for. A module that is not one of those told by
    /// [`Metrics::resource`] or [`Metrics::know`] is counted as `unknown`.
    pub fn module_restart(&self, module_name: &str, namespace: &str, success: bool) {
        self.0.modules.restart(module_name, namespace, success);
    }

    /// Counts a reconciliation: `success`, `error` or `requeue`.
    pub fn reconcile(&self, controller: &'static str, result: &'static str, seconds: f64) {
        self.0.reconciles.with_label_values(&[controller, result]).inc();
        let errors = self.0.reconcile_errors.with_label_values(&[controller]);
        if result == "error" {
            errors.inc();
        }
        self.0.reconcile_seconds.with_label_values(&[controller]).observe(seconds);
    }

    /// How many resources wait to be reconciled.
    pub fn queue_depth(&self, controller: &'static str, depth: i64) {
        self.0.queue_depth.with_label_values(&[controller, controller]).set(depth);
    }

    /// Whether this replica holds the lease.
    pub fn leader(&self, is_leader: bool) {
        self.0.leader.with_label_values(&[OPERATOR]).set(i64::from(is_leader));
    }

    /// Counts a request to the API server. `verb` is the HTTP method, `kind` a kind that the
    /// operator asks for, `code` the HTTP status or anything else where there was no answer.
    pub fn api_server_request(&self, verb: &'static str, kind: &str, code: &str, seconds: f64) {
        let code = if is_status(code) { code } else { "<error>" };
        self.0.cluster_requests.with_label_values(&[verb, kind, code]).inc();
        self.0.cluster_seconds.with_label_values(&[verb]).observe(seconds);
    }

    /// Counts a Kubernetes event that could not be posted.
    pub fn event_failed(&self) {
        self.0.failed_events.with_label_values::<&str>(&[]).inc();
    }

    /// How a custom resource is.
    pub fn resource(&self, vitals: &Vitals) {
        self.series(vitals.resource.reference().kind, |series| series.tell(vitals));
    }

    /// There is such a resource. Restarts of a module are counted under its name.
    pub fn know(&self, resource: &Object) {
        self.series(resource.reference().kind, |series| series.know(resource));
    }

    /// A resource is gone, and so are its series.
    pub fn forget(&self, resource: &ObjectRef) {
        self.series(resource.kind, |series| series.forget(resource));
    }

    /// This replica looks after nothing any more: what it says of resources would grow old.
    pub fn forget_resources(&self) {
        self.0.all_series().for_each(|(_, series)| series.reset());
    }

    fn series(&self, kind: Kind, then: impl FnOnce(&dyn Series)) {
        if let Some((_, series)) = self.0.all_series().find(|(of, _)| *of == kind) {
            then(series);
        }
    }
}

impl Inner {
    /// The series of each kind of custom resource. A BackupRestore has none: it runs once, and its status
    /// says for ever what came of it.
    fn all_series(&self) -> impl Iterator<Item = (Kind, &dyn Series)> {
        let all: [(Kind, &dyn Series); 4] = [
            (Kind::BotModule, &self.modules),
            (Kind::IpcConfig, &self.servers),
            (Kind::S3Store, &self.stores),
            (Kind::BackupSchedule, &self.backups),
        ];
        all.into_iter()
    }

    /// Makes the series that are known beforehand, at zero: the first increase is then seen.
    fn start(&self) {
        self.watches.with_label_values::<&str>(&[]).set(0);
        self.failed_events.with_label_values::<&str>(&[]).reset();
        self.leader.with_label_values(&[OPERATOR]).set(0);
    }
}

/// A client may send any word as its method.
fn known_method(method: &str) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or(OTHER)
}

fn is_status(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}
