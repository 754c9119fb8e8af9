//! The series of S3Stores.

use super::families::Families;
use super::gauges::{ByName, Shared, by_name};
use super::series::Series;
use crate::object::ObjectRef;
use crate::render::Vitals;

/// Whether each is ready.
pub struct Stores(Shared<ByName<bool>>);

impl Stores {
    pub fn new(families: &mut Families) -> Self {
        Self(families.gauges([by_name(
            "eevee_operator_s3_store_ready",
            "1 while condition Ready of an S3Store is True, else 0.",
            |is_ready: &bool| Some(i64::from(*is_ready)),
        )]))
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
