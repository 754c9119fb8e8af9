//! Tests that need a cluster of their own: what they do is felt by every bot of a cluster.

use std::env;
use std::process::Command;

/// Set in the process that has a cluster of its own.
const ALONE: &str = "E2E_ALONE";

/// Whether this process runs for one test alone.
pub fn is_alone() -> bool {
    env::var_os(ALONE).is_some()
}

/// Runs this test in a place inside of this one, and expects it to pass.
pub fn in_a_cluster_of_its_own(test: &str) {
    let program = env::current_exe().expect("a program");
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/run"));
    command.arg(program).args(["--exact", test, "--nocapture"]).env(ALONE, "1");
    let output = command.output().expect("tests/e2e/run starts");
    let (out, err) = (output.stdout, output.stderr);
    let (out, err) = (String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("1 passed"), "there is no test {test}: {out}");
}
