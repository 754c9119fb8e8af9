//! The pages are in plain words, and so are what the program says of itself and of its resources, and
//! the comments of its source.

use crate::page::pages;
use crate::support;
use clap::CommandFactory;
use eevee_operator::command::{self, CommandLine};
use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

/// Words and phrases that a reader stumbles over, and plain ones for them.
const BANNED: [(&str, &str); 14] = [
    (r"\bwish(es|ed)?\b", "wants, asks for"),
    (r"\bof (ours|theirs)\b", "our own, their own"),
    (r"\banew\b", "again"),
    (r"\bwhom\b", "who, that"),
    (r"\bbrings? about\b", "causes"),
    (r"\b(it|that|what|alone|list|same) (?-i:is none)\b", "is no list, is nothing new"),
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

#[test]
fn comments_are_in_plain_words() {
    let sources = sources(&support::path("src"));
    let mut read = 0;
    for source in &sources {
        let text = fs::read_to_string(source).expect("a source file");
        let comments = comments(&text);
        read += comments.len();
        assert_plain(&source.display().to_string(), &comments.join(" "));
    }
    assert!(sources.len() > 400 && read > 5_000, "{read} lines of {} files", sources.len());
}

#[test]
fn comments_are_read_in_every_form() {
    let text = "//! a\nlet b = 1; // c\n    /// d\nlet e = \"https://f\";\n// g";
    assert_eq!(comments(text), ["a", "c", "d", "g"]);
}

/// The lines of comments, each without its slashes. Those of a URL follow a colon.
fn comments(text: &str) -> Vec<&str> {
    let comment = Regex::new(r"(?m)(?:^|\s)//[/!]?[ \t]*(.*)$").expect("a pattern");
    comment.captures_iter(text).filter_map(|found| found.get(1)).map(|part| part.as_str()).collect()
}

/// The Rust files of a folder and of the folders in it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let paths = entries.map(|entry| entry.expect("a folder entry").path());
    let found = paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|found| found == "rs")).collect()
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
