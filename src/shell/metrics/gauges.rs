//! Gauges of resources. Their series are made when somebody asks for them: the library's own would take a kilobyte
//! each for as long as their resource is there.

use crate::object::ObjectRef;
use prometheus::core::{Collector, Desc};
use prometheus::proto::{Gauge as Number, LabelPair, Metric, MetricFamily, MetricType};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One gauge, of which there is a series for each of many resources.
pub struct Gauge<T> {
    pub name: &'static str,
    pub help: &'static str,
    pub labels: &'static [&'static str],
    pub read: Sampler<T>,
}

/// Tells of every series that there is to be.
pub type Sampler<T> = Box<dyn Fn(&T, &mut Tell<'_>) + Send + Sync>;

/// Takes in the values of the labels of a series, and its value.
pub type Tell<'a> = dyn FnMut(&[&str], i64) + 'a;

/// What is known of each resource of a kind.
pub type ByName<T> = BTreeMap<ObjectRef, T>;

/// A gauge with a series for each resource that has a value.
pub fn by_name<T: 'static>(
    name: &'static str,
    help: &'static str,
    value: fn(&T) -> Option<i64>,
) -> Gauge<ByName<T>> {
    let read = move |known: &ByName<T>, tell: &mut Tell<'_>| {
        for (ObjectRef { namespace, name, .. }, resource) in known {
            if let Some(value) = value(resource) {
                tell(&[namespace, name], value);
            }
        }
    };
    Gauge { name, help, labels: &["namespace", "name"], read: Box::new(read) }
}

/// What gauges are read from. A clone is the same.
pub struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub fn new(known: T) -> Self {
        Self(Arc::new(Mutex::new(known)))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A gauge, with what it is read from.
pub struct GaugeCollector<T> {
    gauge: Gauge<T>,
    desc: Desc,
    known: Shared<T>,
}

impl<T> GaugeCollector<T> {
    pub fn new(gauge: Gauge<T>, known: Shared<T>) -> prometheus::Result<Self> {
        let labels = gauge.labels.iter().map(|&label| label.to_owned()).collect();
        let desc = Desc::new(gauge.name.to_owned(), gauge.help.to_owned(), labels, HashMap::new())?;
        Ok(Self { gauge, desc, known })
    }
}

impl<T: Send> Collector for GaugeCollector<T> {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let mut series = Vec::new();
        let tell = &mut |values: &[&str], value: i64| {
            series.push(metric(self.gauge.labels, values, value));
        };
        (self.gauge.read)(&self.known.lock(), tell);
        let mut family = MetricFamily::default();
        family.set_name(self.gauge.name.to_owned());
        family.set_help(self.gauge.help.to_owned());
        family.set_field_type(MetricType::GAUGE);
        family.set_metric(series);
        vec![family]
    }
}

fn metric(labels: &[&str], values: &[&str], value: i64) -> Metric {
    let mut pairs: Vec<LabelPair> =
        labels.iter().zip(values).map(|(name, value)| pair(name, value)).collect();
    pairs.sort_by(|one, other| one.name().cmp(other.name()));
    let mut number = Number::default();
    #[expect(clippy::cast_precision_loss, reason = "Prometheus knows no other numbers")]
    number.set_value(value as f64);
    let mut metric = Metric::from_gauge(number);
    metric.set_label(pairs);
    metric
}

fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}
