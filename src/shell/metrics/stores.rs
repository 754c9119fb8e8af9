//! The series of S3Stores.

use super::families::Families;
use super::series::Series;
use crate::object::ObjectRef;
use crate::render::Vitals;
use prometheus::IntGaugeVec;

pub struct Stores(IntGaugeVec);

impl Stores {
    pub fn new(families: &mut Families) -> Self {
        Self(families.gauge(
            "eevee_operator_s3_store_ready",
            "1 while condition Ready of an S3Store is True, else 0.",
            &["namespace", "name"],
        ))
    }
}

impl Series for Stores {
    fn tell(&self, vitals: &Vitals) {
        let ObjectRef { namespace, name, .. } = vitals.resource.reference();
        let is_ready = vitals.ready == Some(true);
        self.0.with_label_values(&[namespace, name]).set(i64::from(is_ready));
    }

    fn forget(&self, ObjectRef { namespace, name, .. }: &ObjectRef) {
        // An error is that there was no such series.
        let _ = self.0.remove_label_values(&[namespace, name]);
    }

    fn reset(&self) {
        self.0.reset();
    }
}
