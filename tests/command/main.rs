//! The program itself, as a person at a terminal meets it: what it prints, where, and how it ends.
//!
//! The binary runs in a folder of its own with an empty environment, and what it prints is read by
//! serde_yaml and serde_json, not by the code that printed it.

#[path = "../support/mod.rs"]
mod support;

mod backup;
mod bad_input;
mod documents;
mod fixtures;
mod kubeconfig;
mod live;
mod man;
mod many;
mod other_commands;
mod plugin;
mod probe;
mod program;
mod reading_back;
mod rendering;
mod restore;
mod same_bytes;
mod secrets;
mod settings;
mod starting;
