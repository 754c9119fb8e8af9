//! `make charts`: packages and an index that a repository is served from.

use crate::helm::Helm;
use crate::support;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CHARTS: [&str; 4] = ["crds", "operator", "bot", "eevee"];

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn package(version: &str, folder: &Path, more: &[&str]) -> Output {
    Command::new(support::root().join("helm/package"))
        .args([version, folder.to_str().expect("UTF-8"), "https://charts.example"])
        .args(more)
        .output()
        .expect("helm/package runs")
}

#[track_caller]
fn packaged(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn index(folder: &Path) -> Value {
    let index = fs::read_to_string(folder.join("index.yaml")).expect("the index");
    serde_yaml::from_str(&index).expect("YAML")
}

#[test]
fn packages_have_the_version_inside_and_out() {
    let folder = folder("charts-packages");
    packaged(&package("9.8.7", &folder, &[]));
    let index = index(&folder);
    for chart in CHARTS {
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

#[test]
fn earlier_versions_stay_in_the_index_even_of_the_folder_itself() {
    let folder = folder("charts-packages-again");
    packaged(&package("9.8.7", &folder, &[]));
    let served = folder.join("index.yaml");
    packaged(&package("9.9.0-rc.1", &folder, &[served.to_str().expect("UTF-8")]));
    let index = index(&folder);
    for chart in CHARTS {
        let versions = index["entries"][chart].as_array().expect("versions").iter();
        let versions: Vec<&Value> = versions.map(|entry| &entry["version"]).collect();
        assert_eq!(versions, ["9.9.0-rc.1", "9.8.7"], "{chart}");
    }
}

/// What a release does with the branch that the index is served from.
#[test]
fn the_index_of_the_branch_begins_with_the_first_version_and_keeps_it() {
    let folder = folder("charts-branch");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let remote = folder.join("remote.git");
    let remote = remote.to_str().expect("UTF-8");
    git(&["init", "--quiet", "--bare", remote]);
    for version in ["9.8.7", "9.9.0-rc.1"] {
        let packages = folder.join(version);
        packaged(&package(version, &packages, &[]));
        let url = format!("https://download.example/v{version}");
        let arguments = [packages.to_str().expect("UTF-8"), &url, remote];
        let script = support::root().join(".github/release/index");
        packaged(&Command::new(script).args(arguments).output().expect("the script runs"));
    }
    let text = git(&["-C", remote, "show", "gh-pages:index.yaml"]);
    let index: Value = serde_yaml::from_str(&text).expect("YAML");
    for chart in CHARTS {
        let entries = index["entries"][chart].as_array().expect("versions").iter();
        let urls: Vec<&Value> = entries.map(|entry| &entry["urls"][0]).collect();
        let url = |version| format!("https://download.example/v{version}/{chart}-{version}.tgz");
        assert_eq!(urls, [&url("9.9.0-rc.1"), &url("9.8.7")], "{chart}");
    }
}

fn git(arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).output().expect("git runs");
    packaged(&output);
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn what_cannot_be_published_is_refused_before_anything_is_removed() {
    let folder = folder("charts-packages-refused");
    fs::create_dir_all(&folder).expect("a folder");
    let kept = folder.join("kept");
    fs::write(&kept, "not: an index").expect("a file");
    let no_index = kept.to_str().expect("UTF-8");
    for (version, index, words) in [
        ("9.8.7", "typo.yaml", "INDEX"),
        ("9.8.7", no_index, "INDEX"),
        ("v9.8.7", "", "VERSION"),
        ("9.8", "", "VERSION"),
        ("9.8.7+b1", "", "VERSION"),
        ("9.8.7-rc_1", "", "VERSION"),
        ("09.8.7", "", "VERSION"),
    ] {
        let output = package(version, &folder, &[index]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(words), "{version} {index}: {said}");
        assert!(kept.exists(), "{version} {index}");
    }
}
