//! `make demo`, with the operator of this test run. However it ends, it leaves nothing behind.

use crate::cluster::{Cluster, Process, eventually};
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Ten seconds on two idle cores, once the demo itself is compiled.
const LONG: Duration = Duration::from_mins(5);

const OPERATOR: &str = env!("CARGO_BIN_EXE_eevee-operator");

/// A kubeconfig of the user's, which the demo must leave alone.
const USERS: &str = "apiVersion: v1\nkind: Config\n";

struct Demo {
    process: Process,
    root: PathBuf,
}

impl Demo {
    fn start(operator: &str, arguments: &[&str]) -> Demo {
        Self::start_with(operator, arguments, None)
    }

    /// The same with programs of a folder before all others.
    fn start_with(operator: &str, arguments: &[&str], programs: Option<&Path>) -> Demo {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = env::temp_dir().join(format!("eevee-demo-{}-{number}", std::process::id()));
        fs::create_dir_all(root.join("files")).expect("a folder");
        fs::write(root.join("users"), USERS).expect("a file");
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "--locked", "--quiet", "--manifest-path=examples/demo/Cargo.toml"]);
        command.arg("--target-dir").arg(target()).arg("--").args(arguments);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        // What this test knows of itself would have the demo's dependencies compiled again.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
                command.env_remove(name);
            }
        }
        command.env("TMPDIR", root.join("files")).env("KUBECONFIG", root.join("users"));
        command.env("DEMO_OPERATOR", operator);
        if let Some(programs) = programs {
            let others = env::var_os("PATH").unwrap_or_default();
            let folders = [programs.to_owned()].into_iter().chain(env::split_paths(&others));
            command.env("PATH", env::join_paths(folders).expect("folders"));
        }
        command.env_remove("CLUSTER_KEEP").env_remove("DEMO_ONCE");
        Demo { process: Process::start("demo", &root, command), root }
    }

    #[track_caller]
    fn says(&mut self, words: &str) {
        eventually(words, LONG, || {
            let output = self.process.output();
            let ended = self.process.exit_status();
            assert!(ended.is_none() || output.contains(words), "the demo ended:\n{output}");
            output.contains(words).then_some(())
        });
    }

    fn signal(&self, signal: libc::c_int) {
        // cargo has become the demo, so this is its id.
        let id = self.process.id().cast_signed();
        // SAFETY: a plain system call; the process is not waited for yet, so the id is still its own.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    /// Its exit code and what it printed, once it is sure that it left nothing.
    #[track_caller]
    fn end(mut self) -> (Option<i32>, String) {
        let status = eventually("the demo's end", LONG, || self.process.exit_status());
        let output = self.process.output();
        let files: Vec<_> =
            fs::read_dir(self.root.join("files")).expect("the folder").flatten().collect();
        assert!(files.is_empty(), "left behind: {files:?}\n{output}");
        let running = running_with(&self.root);
        assert!(running.is_empty(), "still running: {running:?}\n{output}");
        assert_eq!(fs::read_to_string(self.root.join("users")).expect("the file"), USERS);
        (status.code(), output)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill();
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Where `make demo` compiles it, as far as a test can tell.
fn target() -> &'static Path {
    let operator = Path::new(OPERATOR);
    operator.ancestors().nth(2).expect("target/debug/eevee-operator")
}

/// The command lines in which a folder is named.
fn running_with(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    // Without /proc nothing is found, and the files alone are checked.
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&*folder))
        .collect()
}

#[test]
fn the_demo_shows_every_resource_becoming_ready() {
    let (code, output) = Demo::start(OPERATOR, &["--once"]).end();
    assert_eq!(code, Some(0), "{output}");
    assert!(output.contains("botmodule/echo           True     AvailableReplicas"), "{output}");
    assert!(output.contains("all 16 resources are Ready"), "{output}");
}

#[test]
fn the_demo_goes_on_until_it_is_interrupted() {
    let mut demo = Demo::start(OPERATOR, &[]);
    demo.says("Ctrl-C ends and removes everything");
    demo.signal(libc::SIGINT);
    let (code, output) = demo.end();
    assert_eq!(code, Some(0), "{output}");
}

#[test]
fn a_demo_that_is_stopped_while_it_starts_leaves_nothing() {
    let mut demo = Demo::start(OPERATOR, &[]);
    demo.says("starting a control plane");
    demo.signal(libc::SIGTERM);
    let (code, output) = demo.end();
    assert_eq!(code, Some(130), "{output}");
}

#[test]
fn a_demo_whose_operator_fails_says_so() {
    let (code, output) = Demo::start("/bin/false", &[]).end();
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("demo: eevee-operator ended (exit status: 1)"), "{output}");
}

/// Stands for kind: it knows one cluster, called mine.
fn kind(cluster: &Cluster) -> PathBuf {
    let folder = cluster.folder().join("kind");
    fs::create_dir_all(&folder).expect("a folder");
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = 'get kubeconfig --name mine' ] && exec cat '{}'\necho 'ERROR: no nodes of it' >&2\nexit 1\n",
        cluster.kubeconfig().display()
    );
    fs::write(folder.join("kind"), script).expect("a file");
    fs::set_permissions(folder.join("kind"), fs::Permissions::from_mode(0o755)).expect("a mode");
    folder
}

#[test]
fn a_cluster_that_is_there_is_used_and_left_as_it_was() {
    let cluster = Cluster::fake_nodes();
    let kind = kind(&cluster);
    let demo = |name: &str| {
        Demo::start_with(OPERATOR, &[&format!("--cluster={name}"), "--once"], Some(&kind)).end()
    };
    let (code, output) = demo("kind");
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("there is no cluster kind of kind: ERROR: no nodes of it"), "{output}");
    assert!(output.contains("`kind create cluster --name kind` makes one"), "{output}");

    cluster.kubectl(&["create", "namespace", "eevee-bot"], None).success();
    let (code, output) = demo("kind:mine");
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("is in use: it has namespace/eevee-bot."), "{output}");
    cluster.kubectl(&["delete", "namespace", "eevee-bot"], None).success();

    let (code, output) = demo("kind:mine");
    assert_eq!(code, Some(0), "{output}");
    assert!(output.contains("all 16 resources are Ready"), "{output}");
    let left = cluster.kubectl(&["get", "namespaces,crds", "--output=name"], None).success();
    assert!(!left.contains("eevee"), "{left}");
}
