//! Whether what a resource stands for is up, and how many replicas of it.

use super::families::Families;
use crate::render::Vitals;
use prometheus::IntGaugeVec;

/// Three gauges of one kind of resource.
pub struct Workloads {
    ready: IntGaugeVec,
    wanted: IntGaugeVec,
    available: IntGaugeVec,
}

impl Workloads {
    /// Each gauge by name and help. The replicas have labels namespace and name, readiness has the
    /// given ones.
    pub fn new(
        families: &mut Families,
        ready: [&'static str; 2],
        wanted: [&'static str; 2],
        available: [&'static str; 2],
        ready_labels: &[&str],
    ) -> Self {
        let replicas = ["namespace", "name"];
        Self {
            ready: families.gauge(ready[0], ready[1], ready_labels),
            wanted: families.gauge(wanted[0], wanted[1], &replicas),
            available: families.gauge(available[0], available[1], &replicas),
        }
    }

    pub fn set(&self, ready_labels: &[&str], resource: &[&str; 2], vitals: &Vitals) {
        let is_ready = vitals.ready == Some(true);
        self.ready.with_label_values(ready_labels).set(i64::from(is_ready));
        self.wanted.with_label_values(resource).set(vitals.wanted);
        self.available.with_label_values(resource).set(vitals.available);
    }

    pub fn forget(&self, ready_labels: &[&str], resource: &[&str; 2]) {
        self.forget_ready(ready_labels);
        // An error is that there was no such series.
        let _ = self.wanted.remove_label_values(resource);
        let _ = self.available.remove_label_values(resource);
    }

    pub fn reset(&self) {
        [&self.ready, &self.wanted, &self.available].into_iter().for_each(IntGaugeVec::reset);
    }

    pub fn forget_ready(&self, labels: &[&str]) {
        let _ = self.ready.remove_label_values(labels);
    }
}
