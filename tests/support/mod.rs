//! Fixtures: where they are and what holds in them. And manifests that several test targets need.

#![allow(dead_code, unused_imports, reason = "each test target uses its own part")]

mod manifests;

pub use manifests::{EXAMPLE_BOT, documents, ipc_config, module};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Defaults, Input, Loaded, Unusable};
use eevee_operator::snapshot::{ClusterSnapshot, Entropy, Settings};
use proptest::prelude::ProptestConfig;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One file, one behaviour, whose name is a sentence about it, behind that of the folder.
pub struct Fixture {
    pub name: String,
    pub text: String,
}

impl Fixture {
    pub fn source(&self) -> Input {
        Input { name: format!("{}.yaml", self.sentence()), text: self.text.clone() }
    }

    pub fn folder(&self) -> &str {
        self.name.split_once('/').map_or("", |(folder, _)| folder)
    }

    pub fn sentence(&self) -> &str {
        self.name.split_once('/').map_or(&self.name, |(_, sentence)| sentence)
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
            operator_image: Some("ghcr.io/eeveebot/operator:3.0.0".to_owned()),
            ..Settings::default()
        },
        namespace: "eevee-bot".to_owned(),
        now: "2026-01-02T03:04:05Z".parse().expect("a time"),
        entropy: Entropy([7; 32]),
    }
}

/// The files of the folders in a folder under fixtures/, sorted.
pub fn fixtures(kind: &str) -> Vec<Fixture> {
    let root = root().join("fixtures").join(kind);
    let read = |name: String| {
        let path = root.join(format!("{name}.yaml"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Fixture { name, text }
    };
    names_below(&root, "yaml").into_iter().map(read).collect()
}

/// The names of the files of a folder that end so, without the ending, sorted.
pub fn names_in(folder: &Path, extension: &str) -> Vec<String> {
    let files = entries(folder).into_iter();
    let files = files.filter(|file| file.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> = files.map(|file| stem(&file)).collect();
    names.sort();
    names
}

/// The same of every folder in a folder, each name behind that of its folder.
pub fn names_below(root: &Path, extension: &str) -> Vec<String> {
    let folders = entries(root).into_iter();
    let mut names: Vec<String> = folders
        .flat_map(|folder| {
            let names = names_in(&folder, extension).into_iter();
            names.map(move |name| format!("{}/{name}", stem(&folder)))
        })
        .collect();
    names.sort();
    names
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries.map(|entry| entry.expect("a folder entry").path()).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

/// How many cases are generated for one property: PROPTEST_CASES, and 64 by default.
pub fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(64);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project.
pub fn path(name: &str) -> PathBuf {
    root().join(name)
}

/// Values of Secrets that are long enough to be no part of another word, in each form. Fixtures that
/// are snapshots hold masks in their place, which are no secrets and are numbered again.
pub fn secrets(snapshot: &ClusterSnapshot) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for object in snapshot.objects().filter(|object| object.reference().kind == Kind::Secret) {
        for (key, value) in object.at("/data").and_then(Value::as_object).into_iter().flatten() {
            let plain = STANDARD.decode(value.as_str().expect("a text")).expect("base64");
            if key != "host" && !is_mask(&plain) {
                secrets.insert(value.as_str().expect("a text").to_owned());
                secrets.extend(String::from_utf8(plain));
            }
        }
    }
    let token = snapshot.settings.api_token.as_ref().filter(|token| !is_mask(token.as_bytes()));
    secrets.extend(token.cloned());
    secrets.extend(token.map(|token| STANDARD.encode(token)));
    secrets.retain(|secret| secret.trim().len() >= 8);
    secrets
}

fn is_mask(value: &[u8]) -> bool {
    let number = value.strip_prefix(b"secret").map(|rest| rest.strip_prefix(b"-").unwrap_or(rest));
    number.is_some_and(|number| number.len() == 4 && number.iter().all(u8::is_ascii_digit))
}
