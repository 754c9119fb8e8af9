//! The overview as data.

use crate::{bot, support};

#[test]
fn a_bot_as_json() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(support::path("snapshots/overview"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let json = serde_json::to_string_pretty(&bot()).expect("JSON");
    settings.bind(|| insta::assert_snapshot!("a_bot_as_json", json));
}
