//! Stores, backups and restores, as the running operator sees to them.

mod store;
mod stores;
