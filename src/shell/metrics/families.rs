//! Metric families: made, registered and written.

use super::gauges::{Gauge, GaugeCollector, Shared};
use crate::names::OPERATOR;
use prometheus::core::Collector;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use std::collections::HashMap;

/// Upper bounds in seconds, those of contract section 6 for the HTTP API, for every histogram:
/// each bound costs a series per label.
const SECONDS: [f64; 6] = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Every family there is.
pub struct Families {
    registry: Registry,
    headers: Vec<Header>,
}

/// What is written of a family that has no series yet.
struct Header {
    name: &'static str,
    text: String,
}

impl Families {
    /// The families that tell of the process.
    pub fn new() -> Self {
        let labels = HashMap::from([("app".to_owned(), OPERATOR.to_owned())]);
        let registry = constant(Registry::new_custom(None, Some(labels)));
        // Other systems tell of their processes in other ways.
        #[cfg(target_os = "linux")]
        {
            let process = prometheus::process_collector::ProcessCollector::for_self();
            constant(registry.register(Box::new(process)));
        }
        Self { registry, headers: Vec::new() }
    }

    pub fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: &[&str],
    ) -> IntCounterVec {
        let family = constant(IntCounterVec::new(Opts::new(name, help), labels));
        self.register(name, help, "counter", family.clone());
        family
    }

    pub fn gauge(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: &[&str],
    ) -> IntGaugeVec {
        let family = constant(IntGaugeVec::new(Opts::new(name, help), labels));
        self.register(name, help, "gauge", family.clone());
        family
    }

    /// Gauges of the resources of a kind. Gives what they are read from, empty.
    pub fn gauges<T: Default + Send + 'static>(
        &mut self,
        gauges: impl IntoIterator<Item = Gauge<T>>,
    ) -> Shared<T> {
        let known = Shared::new(T::default());
        for gauge in gauges {
            let (name, help) = (gauge.name, gauge.help);
            let collector = constant(GaugeCollector::new(gauge, known.clone()));
            self.register(name, help, "gauge", collector);
        }
        known
    }

    /// A histogram of seconds.
    pub fn histogram(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: &[&str],
    ) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
        let family = constant(HistogramVec::new(options, labels));
        self.register(name, help, "histogram", family.clone());
        family
    }

    fn register(
        &mut self,
        name: &'static str,
        help: &'static str,
        kind: &str,
        family: impl Collector + 'static,
    ) {
        constant(self.registry.register(Box::new(family)));
        let text = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        self.headers.push(Header { name, text });
    }

    /// Every family in the text format, also those without series.
    pub fn text(&self) -> String {
        let gathered = self.registry.gather();
        // Families without series are the only ones that cannot be written, and none is gathered.
        let mut text = TextEncoder::new().encode_to_string(&gathered).unwrap_or_default();
        for header in &self.headers {
            if !gathered.iter().any(|family| family.name() == header.name) {
                text.push_str(&header.text);
            }
        }
        text
    }
}

/// What follows from constants of this folder alone: a name or a label that Prometheus does not
/// take, or that is there twice, fails in every test.
fn constant<T>(made: prometheus::Result<T>) -> T {
    made.unwrap_or_else(|error| unreachable!("a metric is declared wrongly: {error}"))
}
