//! No page with commands is left out.

use crate::console::commands;
use crate::page::pages;
use crate::support;
use std::fs;

#[test]
fn every_page_with_commands_has_a_walk() {
    let walks = sources();
    let mut count = 0;
    for page in pages().iter().filter(|page| !commands(page).is_empty()) {
        count += 1;
        let is_walked = walks.contains(&format!("through(\"{}\")", page.name));
        assert!(is_walked, "nobody walks through {}", page.name);
    }
    assert!(count > 8, "only {count} pages have commands");
}

/// The walks, less this file.
fn sources() -> String {
    let folder = support::path("tests/walks");
    let names = support::names_in(&folder, "rs").into_iter().filter(|name| name != "every_page");
    let read = |name| fs::read_to_string(folder.join(format!("{name}.rs"))).expect("a walk");
    names.map(read).collect()
}
