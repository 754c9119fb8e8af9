//! The series of S3Stores.

use super::families::Families;
use super::gauges::{ByName, Gauge, Shared};
use super::series::Series;
use super::workload::RESOURCE;
use crate::object::ObjectRef;
use crate::render::Vitals;

/// Whether each is ready.
pub struct Stores(Shared<ByName<bool>>);

impl Stores {
    pub fn new(families: &mut Families) -> Self {
        let ready = Gauge {
            name: "eevee_operator_s3_store_ready",
            help: "1 while condition Ready of an S3Store is True, else 0.",
            labels: &RESOURCE,
            read: Box::new(|known: &ByName<bool>, tell| {
                for (ObjectRef { namespace, name, .. }, is_ready) in known {
                    tell(&[namespace, name], i64::from(*is_ready));
                }
            }),
        };
        Self(families.gauges([ready]))
    }
}

impl Series for Stores {
    fn tell(&self, vitals: &Vitals) {
        self.0.lock().insert(vitals.resource.reference().clone(), vitals.ready == Some(true));
    }

    fn forget(&self, resource: &ObjectRef) {
        self.0.lock().remove(resource);
    }

    fn reset(&self) {
        self.0.lock().clear();
    }
}
