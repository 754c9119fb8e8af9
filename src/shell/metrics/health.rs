//! How resources are: whether they are ready, and how many replicas of their Deployment are there.

use super::gauges::{ByName, Shared};
use super::series::Series;
use crate::object::ObjectRef;
use crate::render::Vitals;

/// That of each resource of a kind.
pub type Healths = Shared<ByName<Availability>>;

#[derive(Clone, Copy)]
pub struct Availability {
    pub is_ready: bool,
    pub wanted: i64,
    pub available: i64,
}

impl From<&Vitals> for Availability {
    fn from(vitals: &Vitals) -> Self {
        let Vitals { ready, wanted, available, .. } = *vitals;
        Self { is_ready: ready == Some(true), wanted, available }
    }
}

impl Series for Healths {
    fn tell(&self, vitals: &Vitals) {
        self.lock().insert(vitals.resource.reference().clone(), vitals.into());
    }

    fn forget(&self, resource: &ObjectRef) {
        self.lock().remove(resource);
    }

    fn reset(&self) {
        self.lock().clear();
    }
}
