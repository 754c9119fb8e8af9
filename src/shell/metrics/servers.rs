//! The series of IpcConfigs: the NATS servers that they stand for.

use super::families::Families;
use super::series::Series;
use super::workloads::Workloads;
use crate::object::ObjectRef;
use crate::render::Vitals;

pub struct Servers(Workloads);

impl Servers {
    pub fn new(families: &mut Families) -> Self {
        Self(Workloads::new(
            families,
            [
                "eevee_operator_nats_ready",
                "1 while condition Ready of an IpcConfig is True, else 0.",
            ],
            ["eevee_operator_nats_replicas_wanted", "NATS servers that an IpcConfig asks for."],
            ["eevee_operator_nats_replicas_available", "NATS servers that are available."],
            &["namespace", "name"],
        ))
    }
}

impl Series for Servers {
    fn tell(&self, vitals: &Vitals) {
        let labels = labels(vitals.resource.reference());
        self.0.set(&labels, &labels, vitals);
    }

    fn forget(&self, resource: &ObjectRef) {
        let labels = labels(resource);
        self.0.forget(&labels, &labels);
    }

    fn reset(&self) {
        self.0.reset();
    }
}

fn labels(resource: &ObjectRef) -> [&str; 2] {
    [&resource.namespace, &resource.name]
}
