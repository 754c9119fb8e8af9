//! The plugin manifest of krew.

use crate::place::{folder, run};
use serde_json::Value;
use std::fs;

const PLATFORMS: [&str; 4] = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"];
const URL: &str = "https://github.com/eeveebot/operator/releases/download/v3.1.0";

fn archives(name: &str, platforms: &[&str]) -> String {
    let folder = folder(name);
    for platform in platforms {
        let archive = folder.join(format!("eevee-operator-3.1.0-{platform}.tar.gz"));
        fs::write(archive, platform).expect("a file");
    }
    folder.to_str().expect("UTF-8").to_owned()
}

#[test]
fn it_names_the_archive_of_each_platform_with_its_checksum() {
    let folder = archives("krew", &PLATFORMS);
    run("checksums", &[&folder]).fine();
    let sums = fs::read_to_string(format!("{folder}/SHA256SUMS")).expect("the checksums");
    let text = run("krew", &["3.1.0", &folder, URL]).fine();
    assert!(!text.contains('@'), "{text}");
    let manifest: Value = serde_yaml::from_str(&text).expect("YAML");
    assert_eq!(manifest["metadata"]["name"], "eevee");
    assert_eq!(manifest["spec"]["version"], "v3.1.0");
    let platforms = manifest["spec"]["platforms"].as_array().expect("platforms");
    assert_eq!(platforms.len(), PLATFORMS.len());
    for (platform, name) in platforms.iter().zip(PLATFORMS) {
        let archive = format!("eevee-operator-3.1.0-{name}");
        let labels = &platform["selector"]["matchLabels"];
        assert_eq!(format!("{}-{}", text_of(&labels["os"]), text_of(&labels["arch"])), name);
        assert_eq!(platform["uri"], format!("{URL}/{archive}.tar.gz"));
        let line = format!("{}  {archive}.tar.gz\n", text_of(&platform["sha256"]));
        assert!(sums.contains(&line), "{line} is not in {sums}");
        // krew copies the files, and links `kubectl-eevee` to the program.
        let program = format!("{archive}/eevee-operator");
        assert_eq!(platform["files"][0]["from"], program);
        assert_eq!(platform["bin"], "eevee-operator");
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// krew refuses a plugin with a longer description, or one that has a full stop.
#[test]
fn its_short_description_is_one_that_krew_takes() {
    let folder = archives("krew-description", &PLATFORMS);
    let text = run("krew", &["3.1.0", &folder, URL]).fine();
    let manifest: Value = serde_yaml::from_str(&text).expect("YAML");
    let short = text_of(&manifest["spec"]["shortDescription"]);
    assert!(short.len() <= 50 && !short.ends_with('.'), "{short}");
}

#[test]
fn a_platform_without_an_archive_is_named() {
    let folder = archives("krew-incomplete", &PLATFORMS[..3]);
    run("krew", &["3.1.0", &folder, URL]).is_refused(&["darwin-arm64"]);
}
