//! How a bot is, at a glance: what is made of a cluster, as data and as text.

#[path = "../support/mod.rs"]
mod support;

mod data;

use eevee_operator::manifest;
use eevee_operator::overview::{Overview, overview};
use eevee_operator::snapshot::ClusterSnapshot;

/// A bot with something of everything.
const BOT: &str = include_str!("bot.yaml");

/// What the files of a cluster hold.
fn cluster(text: &str) -> ClusterSnapshot {
    let source = manifest::Source { name: "bot.yaml".to_owned(), text: text.to_owned() };
    manifest::load(&[source], support::defaults()).expect("a cluster").snapshot
}

fn bot() -> Overview {
    overview(&cluster(BOT))
}
