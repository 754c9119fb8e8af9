pub mod action;
pub mod crd;
pub mod object;
pub mod snapshot;
