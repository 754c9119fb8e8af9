//! The programs that the demo runs.

use crate::cluster::{spawn, until};
use crate::say;
use std::env;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Longer than the slowest machine takes; who has waited enough interrupts.
const LONGEST: Duration = Duration::from_hours(4);

const CLUSTER: [&str; 6] =
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];

/// Builds what is missing of the cluster, and gives the path of the operator.
pub fn everything() -> PathBuf {
    let operator = operator();
    say("looking for the programs of the cluster (the first time they are built: 5 to 10 minutes)");
    let mut build = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/build"));
    build.args(CLUSTER);
    run("tests/cluster/build", build);
    operator
}

/// The one that DEMO_OPERATOR names, or else the one that was compiled together with this demo.
fn operator() -> PathBuf {
    if let Some(path) = env::var_os("DEMO_OPERATOR") {
        return path.into();
    }
    let demo = env::current_exe().unwrap_or_else(|e| panic!("cannot find this demo: {e}"));
    // target/PROFILE/examples/demo and target/PROFILE/eevee-operator.
    let program = demo.ancestors().nth(2).map(|profile| profile.join("eevee-operator"));
    program
        .filter(|program| program.is_file())
        .unwrap_or_else(|| panic!("the operator is not compiled: `make demo` does that"))
}

/// Runs a command to its end.
fn run(name: &str, mut command: Command) {
    // A group of its own, so that its own children end with it.
    command.stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
    let child = spawn(command).unwrap_or_else(|e| panic!("cannot start {name}: {e}"));
    let mut group = Group(child);
    let status = until(LONGEST, || group.0.try_wait().ok().flatten());
    assert!(status.is_some_and(|status| status.success()), "{name} failed: see above");
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
