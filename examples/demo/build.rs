//! The programs that the demo runs.

use crate::cluster::{spawn, until};
use crate::say;
use serde_json::Value;
use std::env;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Longer than the slowest machine takes; who has waited enough interrupts.
const LONGEST: Duration = Duration::from_hours(4);

const CLUSTER: [&str; 6] =
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];

/// Builds what is missing, and gives the path of the operator.
pub fn everything() -> PathBuf {
    say(
        "looking for the programs of the cluster (the first time they are built: about 10 minutes)",
    );
    let mut build = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/build"));
    build.args(CLUSTER);
    run("tests/cluster/build", build);
    if let Some(path) = env::var_os("DEMO_OPERATOR") {
        return path.into();
    }
    say("building the operator in release mode (the first time: about 5 minutes)");
    let mut build = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    build.args(["build", "--release", "--locked", "--bin=eevee-operator"]);
    build.arg("--message-format=json-render-diagnostics");
    executable(&run("cargo build --release", build))
}

/// Where cargo says that it put the program.
fn executable(messages: &str) -> PathBuf {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .unwrap_or_else(|| panic!("cargo built no program"))
}

/// Runs a command to its end, and gives what it printed on standard output.
fn run(name: &str, mut command: Command) -> String {
    // A group of its own, so that its own children end with it.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    let child = spawn(command).unwrap_or_else(|e| panic!("cannot start {name}: {e}"));
    let mut group = Group(child);
    let output = group.0.stdout.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut text = String::new();
            pipe.read_to_string(&mut text).map(|_| text).unwrap_or_default()
        })
    });
    let status = until(LONGEST, || group.0.try_wait().ok().flatten());
    assert!(status.is_some_and(|status| status.success()), "{name} failed: see above");
    output.and_then(|output| output.join().ok()).unwrap_or_default()
}

/// A process group that ends when dropped.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let group = self.0.id().cast_signed();
            // SAFETY: a plain system call; the child is not waited for yet, so the id is still its own.
            unsafe { libc::kill(-group, libc::SIGTERM) };
            let _ = self.0.wait();
        }
    }
}
