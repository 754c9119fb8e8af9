//! The series of S3Stores.

use super::families::Families;
use super::gauges::by_name;
use super::health::{Availability, Healths};

pub fn stores(families: &mut Families) -> Healths {
    families.gauges([by_name(
        "eevee_operator_s3_store_ready",
        "1 while condition Ready of an S3Store is True, else 0.",
        |store: &Availability| Some(i64::from(store.is_ready)),
    )])
}
