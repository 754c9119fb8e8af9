//! The series of BotModules, which come and go with them.

use super::families::Families;
use super::gauges::{ByName, Gauge, Shared, Tell, by_name};
use super::health::Availability;
use super::series::Series;
use crate::object::{Object, ObjectRef};
use crate::render::Vitals;
use prometheus::IntCounterVec;
use std::mem;

/// Both labels of restarts of modules that are not known.
const UNKNOWN: &str = "unknown";

pub struct Modules {
    known: Shared<Known>,
    restarts: IntCounterVec,
}

type Known = ByName<Module>;

#[derive(Default)]
struct Module {
    labels: Labels,
    /// None where nothing was told of it under these labels.
    health: Option<Availability>,
}

#[derive(Default, PartialEq)]
struct Labels {
    module_name: Box<str>,
    image: Box<str>,
}

impl Modules {
    pub fn new(families: &mut Families) -> Self {
        let ready = Gauge {
            name: "eevee_operator_bot_module_ready",
            help: "1 while condition Ready of a BotModule is True, else 0.",
            labels: &["namespace", "name", "module_name", "image"],
            read: Box::new(tell_ready),
        };
        let wanted = by_name(
            "eevee_operator_bot_module_replicas_wanted",
            "Replicas that a BotModule asks for.",
            |module: &Module| Some(module.health?.wanted),
        );
        let available = by_name(
            "eevee_operator_bot_module_replicas_available",
            "Replicas of a BotModule that are available.",
            |module: &Module| Some(module.health?.available),
        );
        let restarts = families.counter(
            "eevee_operator_module_restarts_total",
            "Restarts of modules that were asked for by the HTTP API.",
            &["module_name", "namespace", "success"],
        );
        Self { known: families.gauges([ready, wanted, available]), restarts }
    }

    pub fn restart(&self, module_name: &str, namespace: &str, success: bool) {
        let known = self.known.lock();
        let (module_name, namespace) = if has(&known, namespace, module_name) {
            (module_name, namespace)
        } else {
            (UNKNOWN, UNKNOWN)
        };
        let success = if success { "true" } else { "false" };
        self.restarts.with_label_values(&[module_name, namespace, success]).inc();
    }

    /// Takes a module in. Restarts are counted and forgotten while what is known is locked, or they could outlive their
    /// module.
    fn learn(&self, module: &Object, health: Option<Availability>) {
        let at = module.reference();
        let mut known = self.known.lock();
        let entry = known.entry(at.clone()).or_default();
        let old = mem::replace(&mut entry.labels, Labels::of(module));
        let is_relabelled = old != entry.labels;
        if is_relabelled || health.is_some() {
            entry.health = health;
        }
        if is_relabelled && !old.module_name.is_empty() {
            self.forget_restarts(&known, &at.namespace, &old.module_name);
        }
    }

    /// Removes the restarts of a name, unless another module has it, too.
    fn forget_restarts(&self, known: &Known, namespace: &str, module_name: &str) {
        if !has(known, namespace, module_name) {
            for success in ["true", "false"] {
                // An error is that there was no such series.
                let _ = self.restarts.remove_label_values(&[module_name, namespace, success]);
            }
        }
    }
}

impl Series for Modules {
    fn tell(&self, vitals: &Vitals) {
        self.learn(&vitals.resource, Some(vitals.into()));
    }

    fn know(&self, module: &Object) {
        self.learn(module, None);
    }

    fn forget(&self, resource: &ObjectRef) {
        let mut known = self.known.lock();
        if let Some(old) = known.remove(resource) {
            self.forget_restarts(&known, &resource.namespace, &old.labels.module_name);
        }
    }

    fn reset(&self) {
        self.known.lock().values_mut().for_each(|module| module.health = None);
    }
}

fn tell_ready(known: &Known, tell: &mut Tell<'_>) {
    for (ObjectRef { namespace, name, .. }, module) in known {
        if let Some(health) = module.health {
            let Labels { module_name, image } = &module.labels;
            tell(&[namespace, name, module_name, image], i64::from(health.is_ready));
        }
    }
}

fn has(known: &Known, namespace: &str, module_name: &str) -> bool {
    known
        .iter()
        .any(|(at, module)| at.namespace == namespace && *module.labels.module_name == *module_name)
}

impl Labels {
    fn of(module: &Object) -> Self {
        Self {
            module_name: module.module_name().into(),
            image: module.text("/spec/image").unwrap_or_default().into(),
        }
    }
}
