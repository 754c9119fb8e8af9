//! The API server and its CRDs.

use super::Case;
use crate::cluster::{published, seen, time};
use eevee_operator::check::{Facts, InstallPhase, Server};
use eevee_operator::crd;
use eevee_operator::kinds::Kind;
use serde_json::{Value, json};

pub const SERVER: &[Case] = &[
    ("no API server answers", |facts| {
        facts.server = Err("the API server does not answer: connection refused".to_owned());
    }),
    ("the API server is old", |facts| server(facts, "v1.32.4+k3s1")),
    ("the API server says no version", |facts| server(facts, "")),
    ("this machine's clock is ahead", |facts| facts.now = time("2026-01-02T03:14:05Z")),
    ("this machine's clock is behind", |facts| facts.now = time("2026-01-02T03:03:00Z")),
    ("no proxy lets the header Date through", |facts| seen(&mut facts.server).date = None),
];

fn server(facts: &mut Facts, version: &str) {
    let date = seen(&mut facts.server).date;
    facts.server = Ok(Server { version: version.to_owned(), date });
}

pub const CRDS: &[Case] = &[
    ("nothing is served", |facts| {
        facts.served = Ok([].into());
        facts.bot = Err("the cluster does not serve its resources".to_owned());
        facts.health.clear();
    }),
    ("no BotModule is served", |facts| {
        seen(&mut facts.served).remove(&Kind::BotModule);
    }),
    ("no backups are served", |facts| {
        seen(&mut facts.served).remove(&Kind::BackupSchedule);
    }),
    ("kinds in lowercase", |facts| {
        let mut crds = crd::crds();
        for crd in &mut crds {
            let kind = crd["spec"]["names"]["kind"].as_str().expect("a kind").to_lowercase();
            crd["spec"]["names"]["kind"] = kind.into();
        }
        facts.schemas = Ok(published(crds));
        for name in seen(&mut facts.served).values_mut() {
            *name = name.to_lowercase();
        }
    }),
    ("a schema lacks a field", |facts| {
        schema(facts, |module| drop(fields(module).remove("backupSchedule")));
    }),
    ("a schema lacks a field, before an installation", |facts| {
        facts.phase = InstallPhase::Before;
        schema(facts, |module| drop(fields(module).remove("backupSchedule")));
    }),
    ("a schema has another default", |facts| {
        schema(facts, |module| fields(module)["size"]["default"] = 2.into());
    }),
    ("a schema has more fields", |facts| {
        schema(facts, |module| drop(fields(module).insert("later".to_owned(), json!({}))));
    }),
    ("a schema is not published", |facts| facts.schemas = Ok(published(crd::crds().split_off(1)))),
];

/// Changes the schema of BotModules.
fn schema(facts: &mut Facts, change: fn(&mut Value)) {
    change(&mut seen(&mut facts.schemas)["components"]["schemas"]["bot.eevee.v1.BotModule"]);
}

fn fields(schema: &mut Value) -> &mut serde_json::Map<String, Value> {
    schema["properties"]["spec"]["properties"].as_object_mut().expect("fields")
}
