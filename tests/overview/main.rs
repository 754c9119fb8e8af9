//! How a bot is, at a glance: what is made of a cluster, as data and as text.

#[path = "../support/mod.rs"]
mod support;

mod advice;
mod data;
mod reasons;
mod select;
mod text;

use eevee_operator::manifest;
use eevee_operator::overview::{Overview, overview};
use eevee_operator::snapshot::ClusterSnapshot;

/// A bot with something of everything.
const BOT: &str = include_str!("bot.yaml");

/// What the files of a cluster hold.
fn cluster(text: &str) -> ClusterSnapshot {
    let source = manifest::Input { name: "bot.yaml".to_owned(), text: text.to_owned() };
    manifest::load(&[source], support::defaults()).expect("a cluster").snapshot
}

fn bot() -> Overview {
    overview(&cluster(BOT))
}

fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(support::path("snapshots/overview"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
