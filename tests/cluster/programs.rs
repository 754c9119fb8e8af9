//! Where the programs are. `tests/cluster/build` is the one that knows.

use super::repository;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// A program of the group kube: etcd, kube-apiserver, kubectl, …
pub fn kube_program(name: &'static str) -> PathBuf {
    program(name)
}

/// A program of the group tools: nats-server, helm, …
pub fn tool(name: &'static str) -> PathBuf {
    program(name)
}

/// Prometheus' own checker.
pub fn promtool() -> PathBuf {
    program("promtool")
}

/// The Lua of Argo CD.
pub fn lua() -> PathBuf {
    program("glua")
}

/// The files that tell kwok what becomes of nodes and pods.
pub fn kwok_stages() -> Vec<PathBuf> {
    let folder = ask(&["--where", "kube"]).map(|folder| folder.join("kwok-stages"));
    let folder = folder.unwrap_or_else(|e| panic!("{e}"));
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| {
        panic!("cannot read {}: {e}; `tests/cluster/build kwok` puts it there", folder.display())
    });
    let mut stages: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    stages.sort();
    stages
}

/// Each is looked for once.
fn program(name: &'static str) -> PathBuf {
    static FOUND: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    found.entry(name).or_insert_with(|| find(name)).clone()
}

fn find(name: &str) -> PathBuf {
    ask(&["--which", name]).unwrap_or_else(|e| {
        panic!(
            "the program {name} is not there: run `make cluster`, or `tests/cluster/build {name}`, which builds it. {e}"
        )
    })
}

/// The path that the script prints, or what it complains of.
fn ask(question: &[&str]) -> Result<PathBuf, String> {
    let script = repository().join("tests/cluster/build");
    let output = Command::new(&script)
        .args(question)
        .output()
        .map_err(|e| format!("cannot run {}: {e}", script.display()))?;
    let text = |bytes| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout).into())
    } else {
        Err(text(&output.stderr))
    }
}
