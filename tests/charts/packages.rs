//! `make charts`: packages and an index that a repository is served from.

use crate::helm::Helm;
use crate::support;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn packages_have_the_version_inside_and_out() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("charts-packages");
    let output = Command::new(support::root().join("helm/package"))
        .args(["9.8.7", folder.to_str().expect("UTF-8"), "https://charts.example"])
        .output()
        .expect("helm/package runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let index = fs::read_to_string(folder.join("index.yaml")).expect("the index");
    let index: Value = serde_yaml::from_str(&index).expect("YAML");
    for chart in ["crds", "operator", "bot", "eevee"] {
        let entry = &index["entries"][chart][0];
        assert_eq!((&entry["version"], &entry["appVersion"]), (&"9.8.7".into(), &"9.8.7".into()));
        assert_eq!(entry["urls"][0], format!("https://charts.example/{chart}-9.8.7.tgz"));
        let package = folder.join(format!("{chart}-9.8.7.tgz"));
        let lint = ["lint", "--strict", package.to_str().expect("UTF-8")];
        Helm::alone().run(&lint, "").fine();
    }
    let eevee = folder.join("eevee-9.8.7.tgz");
    let manifests = Helm::alone().template(eevee.to_str().expect("UTF-8"), "", &[]).fine();
    assert!(manifests.contains("ghcr.io/eeveebot/operator:9.8.7"));
    assert!(!manifests.contains(env!("CARGO_PKG_VERSION")), "a part has the old version");
}
