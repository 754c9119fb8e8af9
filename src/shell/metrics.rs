//! Prometheus metrics.
use crate::object::{Kind, Object};
#[derive(Clone)]
pub struct Metrics;
impl Metrics {
    pub fn new() -> Self {
        Self
    }
    pub fn resource_event(&self, _k: Kind, _e: &'static str) {}
    pub fn watch_started(&self) {}
    pub fn watch_ended(&self) {}
    pub fn reconcile(&self, _c: &'static str, _r: &'static str, _s: f64) {}
    pub fn queue_depth(&self, _c: &'static str, _d: i64) {}
    pub fn leader(&self, _l: bool) {}
    pub fn api_server_request(&self, _v: &'static str, _k: &str, _c: &str, _s: f64) {}
    pub fn event_failed(&self) {}
    pub fn module(&self, _m: &Object, _r: Option<bool>, _w: i64, _a: i64) {}
    pub fn forget_module(&self, _ns: &str, _n: &str) {}
    pub fn ipc_config(&self, _ns: &str, _n: &str, _r: Option<bool>, _w: i64, _a: i64) {}
    pub fn forget_ipc_config(&self, _ns: &str, _n: &str) {}
    pub fn forget_resources(&self) {}
}
