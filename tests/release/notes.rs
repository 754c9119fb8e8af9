//! The tag, its version, and what the changelog says of it.

use crate::place::{VERSION, folder, run, run_for};
use std::fs;
use std::path::PathBuf;

const CHANGELOG: &str = "# Changelog

## [Unreleased]

## [3.1.0] - 2027-01-31

### Added

- Something new.

## [3.1.0-rc.1]

- A candidate.

## [3.0.0] - 2026-12-01

- The first.

[3.0.0]: https://github.com/eeveebot/operator/releases/tag/v3.0.0
";

fn project(name: &str, version: &str, of_chart: &str) -> PathBuf {
    let root = folder(name);
    fs::create_dir_all(root.join("helm/bot")).expect("a folder");
    let manifest =
        format!("[package]\nversion = \"{version}\"\n[dependencies]\nversion = \"9.9.9\"\n");
    fs::write(root.join("Cargo.toml"), manifest).expect("a file");
    fs::write(root.join("helm/bot/Chart.yaml"), format!("name: bot\nversion: {of_chart}\n"))
        .expect("a file");
    fs::write(root.join("CHANGELOG.md"), CHANGELOG).expect("a file");
    root
}

#[test]
fn a_tag_is_the_version_of_the_manifest_and_of_all_charts() {
    assert_eq!(run("version", &[&format!("v{VERSION}")]).fine(), format!("{VERSION}\n"));
    let candidate = project("candidate", "3.1.0-rc.1", "3.1.0-rc.1");
    assert_eq!(run_for(&candidate, "version", &["v3.1.0-rc.1"]).fine(), "3.1.0-rc.1\n");
}

#[test]
fn another_tag_is_refused() {
    let root = project("tags", "3.1.0", "3.1.0");
    for tag in ["3.1.0", "v3.1.1", "v3.1.0-rc.1", "v3.1", "v3x1.0", "v9.9.9", ""] {
        run_for(&root, "version", &[tag]).is_refused(&["Cargo.toml 3.1.0", "tag v3.1.0"]);
    }
    let root = project("stale-chart", "3.1.0", "3.0.0");
    run_for(&root, "version", &["v3.1.0"]).is_refused(&["helm/bot/Chart.yaml", "3.1.0"]);
}

#[test]
fn the_notes_are_the_section_of_the_version_and_no_other() {
    let root = project("notes", "3.1.0", "3.1.0");
    let notes = |version: &str| run_for(&root, "notes", &[version]).fine();
    assert_eq!(notes("3.1.0").trim_end(), "### Added\n\n- Something new.");
    assert_eq!(notes("3.1.0-rc.1").trim_end(), "- A candidate.");
    assert_eq!(notes("3.0.0").trim_end(), "- The first.");
}

#[test]
fn a_version_of_which_nothing_is_said_is_refused() {
    let root = project("silent", "3.1.0", "3.1.0");
    for version in ["3.0.1", "3.1", "Unreleased", "3x1.0"] {
        let words = ["CHANGELOG.md", "[Unreleased]", version];
        run_for(&root, "notes", &[version]).is_refused(&words);
    }
}
