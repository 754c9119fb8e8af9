//! The only rooms that wait: they gather what the cluster holds, perform what render decides, and
//! serve HTTP.

pub mod http;
pub mod metrics;
