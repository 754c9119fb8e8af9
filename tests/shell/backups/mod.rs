//! Stores, backups and restores, as the running operator sees to them.

mod restores;
mod settled;
mod store;
mod stores;
pub mod takeover;
