//! The walls of the crate: what pure modules may not mention, and which modules may import which.

#[path = "../support/mod.rs"]
mod support;

mod imports;
mod kinds;
mod names;
mod rings;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that decide. A room is a file of `src`, a folder, or a file and the folder beside it.
const PURE: [&str; 22] = [
    "action", "backup", "check", "crd", "fields", "kinds", "lib", "manifest", "names", "object",
    "offline", "overview", "query", "question", "render", "schema", "settings", "snapshot",
    "source", "trim", "world", "yaml",
];

/// Rooms by which the outside world comes in.
const IMPURE: [&str; 6] = ["archive", "command", "main", "s3", "shell", "trust"];

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
        for file in files_of(room) {
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

#[test]
fn every_room_is_pure_or_is_known_not_to_be() {
    let known: BTreeSet<&str> = PURE.into_iter().chain(IMPURE).collect();
    let source = support::path("src");
    let rooms: BTreeSet<String> = rust_files(&source)
        .iter()
        .map(|file| {
            let place = file.strip_prefix(&source).expect("a file of src").with_extension("");
            place.iter().next().and_then(|name| name.to_str()).expect("a name").to_owned()
        })
        .collect();
    assert_eq!(rooms.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
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
        ("names", vec!["crate::"]),
        ("kinds", vec!["crate::object", "crate::action", "crate::snapshot", "crate::render"]),
        ("object", vec!["crate::action", "crate::snapshot", "crate::source", "crate::render"]),
        ("source", vec!["crate::render", "crate::manifest", "crate::world", "crate::offline"]),
        (
            "snapshot",
            vec![
                "crate::source",
                "crate::render",
                "crate::manifest",
                "crate::world",
                "crate::offline",
            ],
        ),
        ("action", vec!["crate::render", "crate::manifest", "crate::world", "crate::snapshot"]),
        ("fields", vec!["crate::render", "crate::snapshot", "crate::world", "crate::manifest"]),
        ("yaml", vec!["crate::render", "crate::snapshot", "crate::manifest", "crate::object"]),
        ("schema", vec!["crate::render", "crate::snapshot", "crate::manifest", "crate::object"]),
        ("render", vec!["crate::world", "crate::manifest", "crate::offline", "crate::overview"]),
        ("overview", vec!["crate::world", "crate::manifest", "crate::offline", "crate::yaml"]),
        // It may judge a text, and neither reads nor prints one.
        ("render", vec!["crate::yaml;", "crate::yaml::{", "crate::yaml::read", "crate::yaml::to"]),
        ("s3", vec!["crate::render", "crate::snapshot", "crate::archive", "crate::object"]),
        ("trust", vec!["crate::"]),
        ("world", vec!["crate::render", "crate::manifest", "crate::offline"]),
    ];
    for (room, rooms) in forbidden {
        for file in files_of(room) {
            let text = fs::read_to_string(&file).expect("a source file");
            for outer in rooms.iter().chain(&["crate::command", "crate::shell"]) {
                assert!(!text.contains(outer), "{} sees {outer}", file.display());
            }
        }
    }
}

/// The files of a room.
fn files_of(room: &str) -> Vec<PathBuf> {
    let place = support::path("src").join(room);
    let both = [place.with_extension("rs"), place];
    both.iter().filter(|path| path.exists()).flat_map(|path| rust_files(path)).collect()
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
