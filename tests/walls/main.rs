//! The walls of the crate: what pure modules may not mention, and which modules may import which.

#[path = "../support/mod.rs"]
mod support;

mod imports;
mod names;
mod rings;

use regex::Regex;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that decide. All but `archive`, `command`, `s3`, `shell` and `trust` are pure.
const PURE: [&str; 22] = [
    "action.rs",
    "backup",
    "check",
    "crd",
    "fields",
    "kinds.rs",
    "manifest",
    "names.rs",
    "object.rs",
    "offline",
    "overview",
    "query.rs",
    "question.rs",
    "render",
    "schema",
    "settings.rs",
    "snapshot.rs",
    "source.rs",
    "trim.rs",
    "world",
    "yaml",
    "lib.rs",
];

/// Words by which the outside world comes in.
const OUTSIDE: [&str; 16] = [
    "tokio",
    "warp::",
    "kube::Client",
    "kube::Api",
    "kube::api",
    "kube::runtime",
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::env",
    "std::time",
    "std::process",
    "Timestamp::now",
    "getrandom",
    "OsRng",
    "thread_rng",
];

#[test]
fn pure_rooms_mention_nothing_of_the_outside_world() {
    let mut checked = 0;
    for room in PURE {
        for file in rust_files(&support::path("src").join(room)) {
            let text = fs::read_to_string(&file).expect("a source file");
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                for word in OUTSIDE {
                    assert!(!code.contains(word), "{}:{}: {word}", file.display(), number + 1);
                }
            }
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} files were checked");
}

/// Whoever is called gives an answer to its caller; the process ends where it began.
#[test]
fn nobody_ends_the_process_but_main() {
    for file in rust_files(&support::path("src")) {
        let text = fs::read_to_string(&file).expect("a source file");
        for word in ["process::exit", "process::abort"] {
            assert!(!text.contains(word), "{}: {word}", file.display());
        }
    }
}

/// What decides does not know who asks: imports point one way.
#[test]
fn inner_rooms_do_not_see_outer_ones() {
    let forbidden = [
        ("crd", vec!["crate::snapshot", "crate::render", "crate::action", "crate::manifest"]),
        ("names.rs", vec!["crate::"]),
        ("kinds.rs", vec!["crate::object", "crate::action", "crate::snapshot", "crate::render"]),
        ("object.rs", vec!["crate::action", "crate::snapshot", "crate::source", "crate::render"]),
        ("source.rs", vec!["crate::render", "crate::manifest", "crate::world", "crate::offline"]),
        (
            "snapshot.rs",
            vec![
                "crate::source",
                "crate::render",
                "crate::manifest",
                "crate::world",
                "crate::offline",
            ],
        ),
        ("action.rs", vec!["crate::render", "crate::manifest", "crate::world", "crate::snapshot"]),
        ("fields", vec!["crate::render", "crate::snapshot", "crate::world", "crate::manifest"]),
        ("yaml", vec!["crate::render", "crate::snapshot", "crate::manifest", "crate::object"]),
        ("schema", vec!["crate::render", "crate::snapshot", "crate::manifest", "crate::object"]),
        ("render", vec!["crate::world", "crate::manifest", "crate::offline", "crate::overview"]),
        ("overview", vec!["crate::world", "crate::manifest", "crate::offline", "crate::yaml"]),
        // It may judge a text, and neither reads nor prints one.
        ("render", vec!["crate::yaml;", "crate::yaml::{", "crate::yaml::read", "crate::yaml::to"]),
        ("s3", vec!["crate::render", "crate::snapshot", "crate::archive", "crate::object"]),
        ("trust.rs", vec!["crate::"]),
        ("world", vec!["crate::render", "crate::manifest", "crate::offline"]),
    ];
    for (room, rooms) in forbidden {
        for file in rust_files(&support::path("src").join(room)) {
            let text = fs::read_to_string(&file).expect("a source file");
            for outer in rooms.iter().chain(&["crate::command", "crate::shell"]) {
                assert!(!text.contains(outer), "{} sees {outer}", file.display());
            }
        }
    }
}

/// What is true of a kind stands in its row of `kinds.rs`. Elsewhere a kind may be named, to make or to
/// find an object; what is done must not depend on which kind it is, but where its objects really
/// behave in a way of their own.
#[test]
fn kinds_are_told_apart_in_their_table() {
    const BEHAVE: [&str; 3] =
        ["offline/secrecy/masks.rs", "world/defaults.rs", "world/validate.rs"];
    let told_apart =
        Regex::new(r"\bKind::[A-Z]\w+(\s*\|[^=]*)?\s*=>|matches!\([^;{}]*\bKind::[A-Z]")
            .expect("a pattern");
    let source = support::path("src");
    let found: Vec<String> = rust_files(&source)
        .into_iter()
        .filter(|file| told_apart.is_match(&code_of(file)))
        .map(|file| file.strip_prefix(&source).expect("a file of it").display().to_string())
        .collect();
    assert_eq!(found, BEHAVE);
}

/// Rooms that know nothing of what a cluster holds.
#[test]
fn text_and_schemas_name_no_kind() {
    for room in ["fields/contains.rs", "fields/quantity.rs", "schema", "settings.rs", "yaml"] {
        for file in rust_files(&support::path("src").join(room)) {
            let text = code_of(&file);
            assert!(!text.contains("crate::kinds"), "{} names kinds", file.display());
        }
    }
}

/// A file without its tests. The kinds of errors of other crates go by other names.
fn code_of(file: &Path) -> String {
    if file.components().any(|part| part.as_os_str() == "tests") {
        return String::new();
    }
    let text = fs::read_to_string(file).expect("a source file");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.replace("ErrorKind::", "").replace("FaultKind::", "").replace("SignalKind::", "")
}

fn rust_files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut files: Vec<PathBuf> =
        entries.flat_map(|entry| rust_files(&entry.expect("an entry").path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files
}
