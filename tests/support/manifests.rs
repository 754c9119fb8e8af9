//! Manifests that several test targets need.

use serde::Deserialize;
use serde_json::{Value, json};

/// The example bot, as it stands in the repository.
pub const EXAMPLE_BOT: &str = include_str!("../../examples/bot.yaml");

/// The documents of a YAML text, empty ones apart, by a reader that is not the program's own.
#[track_caller]
pub fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap_or_else(|e| panic!("{e} in\n{text}")))
        .filter(|document| !document.is_null())
        .collect()
}

pub fn module(name: &str, spec: Value) -> Value {
    resource("BotModule", name, spec)
}

/// An IpcConfig with a NATS of its own.
pub fn ipc_config(name: &str) -> Value {
    resource("IpcConfig", name, json!({}))
}

fn resource(kind: &str, name: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": { "name": name }, "spec": spec,
    })
}
