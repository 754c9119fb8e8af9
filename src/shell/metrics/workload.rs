//! Whether what a resource stands for is up, and how many replicas of it.

use crate::render::Vitals;

#[derive(Clone, Copy)]
pub struct Workload {
    pub is_ready: bool,
    pub wanted: i64,
    pub available: i64,
}

impl From<&Vitals> for Workload {
    fn from(vitals: &Vitals) -> Self {
        let Vitals { ready, wanted, available, .. } = *vitals;
        Self { is_ready: ready == Some(true), wanted, available }
    }
}
