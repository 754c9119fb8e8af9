//! The series of IpcConfigs: the NATS servers that they stand for.

use super::families::Families;
use super::gauges::{ByName, Shared, by_name};
use super::series::Series;
use super::workload::Workload;
use crate::object::ObjectRef;
use crate::render::Vitals;

pub struct Servers(Shared<ByName<Workload>>);

impl Servers {
    pub fn new(families: &mut Families) -> Self {
        Self(families.gauges([
            by_name(
                "eevee_operator_nats_ready",
                "1 while condition Ready of an IpcConfig is True, else 0.",
                |server: &Workload| Some(i64::from(server.is_ready)),
            ),
            by_name(
                "eevee_operator_nats_replicas_wanted",
                "NATS servers that an IpcConfig asks for.",
                |server: &Workload| Some(server.wanted),
            ),
            by_name(
                "eevee_operator_nats_replicas_available",
                "NATS servers that are available.",
                |server: &Workload| Some(server.available),
            ),
        ]))
    }
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
