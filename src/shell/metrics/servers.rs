//! The series of IpcConfigs: the NATS servers that they stand for.

use super::families::Families;
use super::gauges::by_name;
use super::health::{Availability, Healths};

pub fn servers(families: &mut Families) -> Healths {
    families.gauges([
        by_name(
            "eevee_operator_nats_ready",
            "1 while condition Ready of an IpcConfig is True, else 0.",
            |server: &Availability| Some(i64::from(server.is_ready)),
        ),
        by_name(
            "eevee_operator_nats_replicas_wanted",
            "NATS servers that an IpcConfig asks for.",
            |server: &Availability| Some(server.wanted),
        ),
        by_name(
            "eevee_operator_nats_replicas_available",
            "NATS servers that are available.",
            |server: &Availability| Some(server.available),
        ),
    ])
}
