//! The images that `Dockerfile` and `examples/module/Dockerfile` make.

use crate::cluster::{image, shared_node, tool};
use serde_json::Value;
use std::process::Command;

fn crane(args: &[&str]) -> Vec<u8> {
    let output = Command::new(tool("crane")).args(args).output().expect("crane starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "crane {args:?}: {complaint}");
    output.stdout
}

fn config(name: &str) -> Value {
    // Its registry has them.
    shared_node();
    let config = crane(&["config", "--insecure", &image(name)]);
    serde_json::from_slice(&config).expect("JSON")
}

fn files(name: &str) -> Vec<String> {
    let archive = shared_node().folder().join(format!("{name}.tar"));
    crane(&["export", "--insecure", &image(name), &archive.display().to_string()]);
    let list = Command::new("tar").arg("--list").arg("--file").arg(&archive).output();
    let list = String::from_utf8(list.expect("tar starts").stdout).expect("UTF-8");
    list.lines().map(|line| line.trim_start_matches("./").to_owned()).collect()
}

#[test]
fn the_images_hold_one_program_that_is_not_run_by_root_and_no_shell() {
    for name in ["eevee-operator", "example-module"] {
        let config = &config(name)["config"];
        assert_eq!(config["User"], "65532:65532", "{name}");
        let program = format!("usr/local/bin/{name}");
        assert_eq!(config["Entrypoint"], serde_json::json!([format!("/{program}")]));
        let files = files(name);
        assert!(files.contains(&program), "{files:?}");
        let others: Vec<_> =
            files.iter().filter(|file| file.contains("bin/") && !file.ends_with("bin/")).collect();
        assert_eq!(others, [&program]);
    }
}

#[test]
fn the_operator_is_told_to_take_no_more_memory_than_it_needs() {
    let variables = config("eevee-operator")["config"]["Env"].clone();
    for told in ["MIMALLOC_ALLOW_THP=0", "MIMALLOC_PURGE_DELAY=0"] {
        let told = Value::from(told);
        assert!(variables.as_array().expect("a list").contains(&told), "{variables}");
    }
}

#[test]
fn the_image_says_what_it_is() {
    let labels = &config("eevee-operator")["config"]["Labels"];
    assert_eq!(labels["org.opencontainers.image.title"], "eevee-operator");
    assert_eq!(labels["org.opencontainers.image.licenses"], "Apache-2.0");
    assert_eq!(labels["org.opencontainers.image.version"], "e2e");
}
