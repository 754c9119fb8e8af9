//! Fixtures: where they are and what holds in them.

#![allow(dead_code, reason = "each test target uses its own part")]

use eevee_operator::manifest::{self, Defaults, Loaded, Source, Unusable};
use eevee_operator::snapshot::{Entropy, Settings};
use std::fs;
use std::path::{Path, PathBuf};

/// One file, one behaviour, whose name is a sentence about it.
pub struct Fixture {
    pub name: String,
    pub text: String,
}

impl Fixture {
    pub fn source(&self) -> Source {
        Source { name: format!("{}.yaml", self.name), text: self.text.clone() }
    }

    pub fn load(&self) -> Result<Loaded, Unusable> {
        manifest::load(&[self.source()], defaults())
    }
}

/// What holds in every fixture that does not say otherwise.
pub fn defaults() -> Defaults {
    Defaults {
        settings: Settings {
            watch_other_namespaces: true,
            api_token: Some("api-token-of-the-fixtures".to_owned()),
            ..Settings::default()
        },
        namespace: "eevee-bot".to_owned(),
        now: "2026-01-02T03:04:05Z".parse().expect("a time"),
        entropy: Entropy([7; 32]),
    }
}

/// The files of a folder under fixtures/, sorted.
pub fn fixtures(folder: &str) -> Vec<Fixture> {
    let folder = root().join("fixtures").join(folder);
    let read = |name: String| {
        let path = folder.join(format!("{name}.yaml"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Fixture { name, text }
    };
    names_in(&folder, "yaml").into_iter().map(read).collect()
}

/// The names of the files of a folder that end so, without the ending, sorted.
pub fn names_in(folder: &Path, extension: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project.
pub fn path(name: &str) -> PathBuf {
    root().join(name)
}
