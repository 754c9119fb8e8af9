//! What scripts say of a machine before anything is built on it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Without these no script says anything.
const TOOLS: [&str; 21] = [
    "bash",
    "git",
    "cat",
    "cut",
    "dirname",
    "env",
    "grep",
    "install",
    "mkdir",
    "mktemp",
    "mv",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "shasum",
    "sort",
    "tar",
    "tr",
    "uname",
    "wc",
];

/// A machine with few programs and nothing built.
struct Machine(PathBuf);

impl Machine {
    fn new(name: &str) -> Machine {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("scripts-{name}"));
        let _ = fs::remove_dir_all(&root);
        for folder in ["bin", "cache", "assets"] {
            fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        let path = std::env::var_os("PATH").expect("PATH");
        for tool in TOOLS {
            let found = std::env::split_paths(&path).map(|folder| folder.join(tool));
            if let Some(found) = found.into_iter().find(|path| path.is_file()) {
                symlink(found, root.join("bin").join(tool)).expect("a link");
            }
        }
        Machine(root)
    }

    /// With a program that says only this.
    fn with(self, program: &str, says: &str) -> Machine {
        let path = self.0.join(program);
        fs::write(&path, format!("#!/bin/sh\necho '{says}'\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
        self
    }

    fn that_compiles(self) -> Machine {
        self.with("bin/cargo", "cargo 1.99.0")
            .with("bin/rustc", "rustc 1.99.0 (of a test)")
            .with("bin/cc", "cc")
    }

    /// Whether a script succeeds, what it prints, and what it says.
    fn run(&self, script: &str, arguments: &[&str]) -> (bool, String, String) {
        let mut command = Command::new(Path::new(ROOT).join(script));
        command.args(arguments).env_clear();
        command.env("PATH", self.0.join("bin")).env("XDG_CACHE_HOME", self.0.join("cache"));
        if fs::read_dir(self.0.join("assets")).expect("the folder").next().is_some() {
            command.env("KUBEBUILDER_ASSETS", self.0.join("assets"));
        }
        let output = command.output().expect("the script");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    }

    fn missing(&self) -> String {
        self.run("tests/cluster/build", &["--missing", "demo"]).1.trim_end().replace('\n', " ")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn whatever_a_machine_lacks_is_named_at_once() {
    for purpose in ["demo", "test", "e2e"] {
        let (fine, _, says) = Machine::new(purpose).run("tests/needs", &[purpose]);
        assert!(!fine, "{purpose}");
        for program in ["cargo and rustc: ", "a C compiler (cc): ", "go: it compiles etcd "] {
            assert!(says.contains(&format!("\n  {program}")), "{purpose}: {says}");
        }
    }
}

#[test]
fn a_machine_that_has_all_is_told_nothing() {
    let machine = Machine::new("whole").that_compiles().with("bin/go", "go version go1.99");
    assert_eq!(machine.run("tests/needs", &["test"]), (true, String::new(), String::new()));
}

#[test]
fn a_compiler_that_is_too_old_is_named() {
    let machine = Machine::new("old").that_compiles().with("bin/go", "go version go1.99");
    let machine = machine.with("bin/rustc", "rustc 1.80.1 (of a test)");
    let (fine, _, says) = machine.run("tests/needs", &["demo"]);
    assert!(!fine && says.contains("\n  Rust 1.") && says.contains("rustc is 1.80."), "{says}");
}

#[test]
fn a_cluster_that_is_asked_for_needs_the_program_that_knows_it() {
    let machine = Machine::new("kind").that_compiles().with("bin/go", "go version go1.99");
    let (fine, _, says) = machine.run("tests/needs", &["demo", "kind:mine"]);
    assert!(!fine && says.contains("\n  kind: CLUSTER=kind:mine asks it"), "{says}");
    assert!(machine.with("bin/kind", "kind").run("tests/needs", &["demo", "kind:mine"]).0);
}

#[test]
fn programs_that_are_there_in_the_version_that_is_pinned_are_not_built() {
    let machine = Machine::new("path");
    let all = machine.missing();
    assert!(all.starts_with("etcd kube-apiserver kube-controller-manager "), "{all}");

    let version = pinned("go.etcd.io/etcd/server/v3");
    let machine = machine.with("bin/etcd", &format!("etcd Version: {version}.99"));
    assert_eq!(machine.missing(), all.replace("etcd ", ""));
    let which = machine.run("tests/cluster/build", &["--which", "etcd"]).1;
    assert_eq!(which.trim_end(), machine.0.join("bin/etcd").to_str().expect("UTF-8"));

    let machine = machine.with("bin/etcd", "etcd Version: 3.1.99");
    assert_eq!(machine.missing(), all);
    assert!(!machine.run("tests/cluster/build", &["--which", "etcd"]).0);
}

#[test]
fn kubectl_may_be_a_minor_version_off() {
    let machine = Machine::new("kubectl");
    let pinned: u32 = pinned("k8s.io/kubernetes")[2..].parse().expect("1.N");
    let of = |machine: Machine, minor: u32| {
        let machine = machine.with("bin/kubectl", &format!("Client Version: v1.{minor}.3"));
        let missing = machine.missing().contains("kubectl");
        (machine, missing)
    };
    let (machine, missing) = of(machine, pinned - 1);
    assert!(!missing);
    let (machine, missing) = of(machine, pinned + 1);
    assert!(!missing);
    let (_, missing) = of(machine, pinned - 2);
    assert!(missing);
}

#[test]
fn programs_that_somebody_chose_are_used_unless_the_operator_cannot() {
    let machine = Machine::new("assets");
    let all = machine.missing();
    let machine = machine.with("assets/kube-apiserver", "Kubernetes v1.33.5");
    assert_eq!(machine.missing(), all.replace("kube-apiserver ", ""));

    let machine = machine.with("assets/kube-apiserver", "Kubernetes v1.31.0");
    let (fine, _, says) = machine.run("tests/cluster/build", &["demo"]);
    assert!(!fine && says.contains("is of version 1.31, and the operator needs 1.33"), "{says}");
}

/// What both use is then compiled once.
#[test]
fn the_demo_has_the_dependencies_of_the_operator() {
    let (ours, demos) = (locked("Cargo.lock"), locked("examples/demo/Cargo.lock"));
    let others: Vec<_> = demos.difference(&ours).collect();
    assert_eq!(others, [&("demo".to_owned(), "0.1.0".to_owned())], "`cargo update` them alike");
}

fn locked(path: &str) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(Path::new(ROOT).join(path)).expect("the lock file");
    let field = |line: Option<&str>| line.and_then(|line| Some(line.split('"').nth(1)?.to_owned()));
    text.split("[[package]]\n")
        .filter_map(|package| {
            let mut lines = package.lines();
            Some((field(lines.next())?, field(lines.next())?))
        })
        .collect()
}

/// The minor version of a module.
fn pinned(module: &str) -> String {
    let path = Path::new(ROOT).join("tests/cluster/kube/go.mod");
    let text = fs::read_to_string(path).expect("go.mod");
    let versions = text.lines().find_map(|line| line.trim().strip_prefix(&format!("{module} v")));
    let version = versions.expect("the module").split_whitespace().next().expect("a version");
    version.rsplit_once('.').expect("a patch").0.to_owned()
}
