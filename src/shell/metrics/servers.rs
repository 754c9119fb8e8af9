//! The series of IpcConfigs: the NATS servers that they stand for.

use super::families::Families;
use super::gauges::{ByName, Gauge, Reading, Shared};
use super::series::Series;
use super::workload::{RESOURCE, Workload};
use crate::object::ObjectRef;
use crate::render::Vitals;

pub struct Servers(Shared<ByName<Workload>>);

impl Servers {
    pub fn new(families: &mut Families) -> Self {
        let gauge = |name, help, value| Gauge { name, help, labels: &RESOURCE, read: read(value) };
        Self(families.gauges([
            gauge(
                "eevee_operator_nats_ready",
                "1 while condition Ready of an IpcConfig is True, else 0.",
                |server| i64::from(server.is_ready),
            ),
            gauge(
                "eevee_operator_nats_replicas_wanted",
                "NATS servers that an IpcConfig asks for.",
                |server| server.wanted,
            ),
            gauge(
                "eevee_operator_nats_replicas_available",
                "NATS servers that are available.",
                |server| server.available,
            ),
        ]))
    }
}

fn read(value: fn(&Workload) -> i64) -> Reading<ByName<Workload>> {
    Box::new(move |known, tell| {
        for (ObjectRef { namespace, name, .. }, server) in known {
            tell(&[namespace, name], value(server));
        }
    })
}

impl Series for Servers {
    fn tell(&self, vitals: &Vitals) {
        self.0.lock().insert(vitals.resource.reference().clone(), vitals.into());
    }

    fn forget(&self, resource: &ObjectRef) {
        self.0.lock().remove(resource);
    }

    fn reset(&self) {
        self.0.lock().clear();
    }
}
