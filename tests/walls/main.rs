//! The walls of the house: what the pure rooms may not mention, and who may import whom.

#[path = "../support/mod.rs"]
mod support;

mod imports;
mod rings;

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that decide. All but `command` and `shell` are pure.
const PURE: [&str; 14] = [
    "action.rs",
    "crd",
    "fields",
    "manifest",
    "object.rs",
    "offline",
    "render",
    "schema",
    "settings.rs",
    "snapshot.rs",
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
        ("snapshot.rs", vec!["crate::render", "crate::manifest", "crate::world", "crate::offline"]),
        ("action.rs", vec!["crate::render", "crate::manifest", "crate::world", "crate::snapshot"]),
        ("fields", vec!["crate::render", "crate::snapshot", "crate::world", "crate::manifest"]),
        ("yaml", vec!["crate::render", "crate::snapshot", "crate::manifest", "crate::object"]),
        ("schema", vec!["crate::render", "crate::snapshot", "crate::manifest", "crate::object"]),
        ("render", vec!["crate::world", "crate::manifest", "crate::offline"]),
        // It may judge a text, and neither reads nor prints one.
        ("render", vec!["crate::yaml;", "crate::yaml::{", "crate::yaml::read", "crate::yaml::to"]),
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
