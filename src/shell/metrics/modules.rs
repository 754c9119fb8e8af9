//! The series of BotModules, which come and go with them.

use super::families::Families;
use super::series::Series;
use super::workloads::Workloads;
use crate::object::{Object, ObjectRef};
use crate::render::Vitals;
use prometheus::IntCounterVec;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Both labels of restarts of modules that are not known.
const UNKNOWN: &str = "unknown";

pub struct Modules {
    known: Mutex<Known>,
    workloads: Workloads,
    restarts: IntCounterVec,
}

/// What is known of a module, by its namespace and name.
type Known = BTreeMap<(String, String), Labels>;

#[derive(PartialEq, Eq)]
struct Labels {
    module_name: String,
    image: String,
}

impl Modules {
    pub fn new(families: &mut Families) -> Self {
        Self {
            known: Mutex::default(),
            workloads: Workloads::new(
                families,
                [
                    "eevee_operator_bot_module_ready",
                    "1 while condition Ready of a BotModule is True, else 0.",
                ],
                [
                    "eevee_operator_bot_module_replicas_wanted",
                    "Replicas that a BotModule asks for.",
                ],
                [
                    "eevee_operator_bot_module_replicas_available",
                    "Replicas of a BotModule that are available.",
                ],
                &["namespace", "name", "module_name", "image"],
            ),
            restarts: families.counter(
                "eevee_operator_module_restarts_total",
                "Restarts of modules that were asked for by the HTTP API.",
                &["module_name", "namespace", "success"],
            ),
        }
    }

    pub fn restart(&self, module_name: &str, namespace: &str, success: bool) {
        let known = self.lock();
        let (module_name, namespace) = if has(&known, namespace, module_name) {
            (module_name, namespace)
        } else {
            (UNKNOWN, UNKNOWN)
        };
        let success = if success { "true" } else { "false" };
        self.restarts.with_label_values(&[module_name, namespace, success]).inc();
    }

    /// Series are made and removed only while this is held, or one could outlive its module.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a module in. What was measured under labels that it no longer has goes.
    fn learn(&self, known: &mut Known, module: &Object) {
        let reference = module.reference();
        let (namespace, name) = (&reference.namespace, &reference.name);
        let labels = Labels::of(module);
        let key = (namespace.clone(), name.clone());
        if known.get(&key) == Some(&labels) {
            return;
        }
        if let Some(old) = known.insert(key, labels) {
            self.workloads.forget_ready(&[namespace, name, &old.module_name, &old.image]);
            self.forget_restarts(known, namespace, &old.module_name);
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
        let module = &vitals.resource;
        let mut known = self.lock();
        self.learn(&mut known, module);
        let Labels { module_name, image } = Labels::of(module);
        let resource = [module.reference().namespace.as_str(), module.reference().name.as_str()];
        self.workloads.set(&[resource[0], resource[1], &module_name, &image], &resource, vitals);
    }

    fn know(&self, module: &Object) {
        self.learn(&mut self.lock(), module);
    }

    fn forget(&self, ObjectRef { namespace, name, .. }: &ObjectRef) {
        let mut known = self.lock();
        let Some(old) = known.remove(&(namespace.clone(), name.clone())) else { return };
        let resource = [namespace.as_str(), name.as_str()];
        let labels = [resource[0], resource[1], &old.module_name, &old.image];
        self.workloads.forget(&labels, &resource);
        self.forget_restarts(&known, namespace, &old.module_name);
    }

    fn reset(&self) {
        self.workloads.reset();
    }
}

fn has(known: &Known, namespace: &str, module_name: &str) -> bool {
    known.iter().any(|((of, _), labels)| of == namespace && labels.module_name == module_name)
}

impl Labels {
    fn of(module: &Object) -> Self {
        Self {
            module_name: module.module_name().to_owned(),
            image: module.text("/spec/image").unwrap_or_default().to_owned(),
        }
    }
}
