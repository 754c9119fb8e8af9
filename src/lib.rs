//! The operator of eevee.bot.
pub mod action;
pub mod command;
pub mod crd;
pub mod fields;
pub mod manifest;
pub mod object;
pub mod offline;
pub mod render;
pub mod schema;
pub mod settings;
pub mod snapshot;
pub mod world;
pub mod yaml;
