//! Where the programs are. `tests/cluster/build` is the one that knows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A program of the group kube: etcd, kube-apiserver, kubectl, …
pub fn kube_program(name: &str) -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| folder("kube"));
    find(&FOLDER, name)
}

/// A program of the group tools: nats-server, helm, …
pub fn tool(name: &str) -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| folder("tools"));
    find(&FOLDER, name)
}

/// Prometheus' own checker.
pub fn promtool() -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| folder("promtool"));
    find(&FOLDER, "promtool")
}

/// The Lua of Argo CD.
pub fn lua() -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| folder("lua"));
    find(&FOLDER, "glua")
}

/// The files that tell kwok what becomes of nodes and pods.
pub fn kwok_stages() -> Vec<PathBuf> {
    let folder = tool("kwok").with_file_name("kwok-stages");
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| {
        panic!("cannot read {}: {e}; `tests/cluster/build kwok` puts it there", folder.display())
    });
    let mut stages: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    stages.sort();
    stages
}

fn find(folder: &Path, name: &str) -> PathBuf {
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "the program {name} is not in {}: run `make cluster`, or `tests/cluster/build {name}`, which builds it",
        folder.display()
    );
    program
}

fn folder(group: &str) -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/build");
    let output = Command::new(script)
        .args(["--where", group])
        .output()
        .unwrap_or_else(|e| panic!("cannot run {script}: {e}"));
    assert!(
        output.status.success(),
        "{script} --where {group}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end())
}
