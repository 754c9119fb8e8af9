//! The pages are in plain words, and so is what the program says of itself and of its resources.

use crate::page::pages;
use crate::support;
use clap::CommandFactory;
use eevee_operator::command::{self, CommandLine};
use regex::Regex;
use std::fs;

/// Words and phrases that a reader stumbles over, and plain ones for them.
const BANNED: [(&str, &str); 12] = [
    (r"\bwish(es|ed)?\b", "wants, asks for"),
    (r"\bof (ours|theirs)\b", "our own, their own"),
    (r"\banew\b", "again"),
    (r"\bwhom it concerns\b", "who needs it"),
    (r"\bon (the|its|their) way\b", "meanwhile, being made"),
    (r"\bnoughts?\b", "zeros"),
    (r"\bthe (house|rooms)\b", "the program, its folders"),
    (r"\b(hence|thence|thereof|whereof|whither)\b", "so, from there, of it"),
    (r"\bin vain\b", "without success"),
    (r"\bwhatever becomes of\b", "independent of"),
    (r"\bis taken to be\b", "is assumed to be"),
    (r"\bjudged\b", "checked"),
];

#[test]
fn pages_are_in_plain_words() {
    let pages = pages();
    assert!(pages.len() > 20, "only {} pages were found", pages.len());
    for page in pages {
        assert_plain(&page.name, &page.prose());
    }
}

#[test]
fn help_and_resources_are_in_plain_words() {
    let mut program = CommandLine::command();
    assert_plain("help", &program.render_long_help().to_string());
    for command in program.get_subcommands_mut() {
        assert_plain("help", &command.render_long_help().to_string());
    }
    assert_plain("the CRDs", &command::crds());
    let makefile = fs::read_to_string(support::path("Makefile")).expect("Makefile");
    assert_plain("Makefile", &makefile);
}

/// Fails where a text holds banned words, also across the end of a line.
fn assert_plain(name: &str, text: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (banned, plain) in BANNED {
        let pattern = format!("(?i).{{0,40}}{banned}.{{0,30}}");
        let pattern = Regex::new(&pattern).expect("a pattern");
        let places = pattern.find_iter(&text).map(|place| place.as_str());
        found.extend(places.map(|place| format!("{place:?}: better: {plain}")));
    }
    assert!(found.is_empty(), "{name}: {found:#?}");
}
