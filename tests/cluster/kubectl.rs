//! kubectl, with a cluster's kubeconfig and nothing of the user's own.

use super::commands::FEW_COLLECTIONS;
use super::process::spawn;
use super::programs::kube_program;
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// What it printed, once it is sure that it succeeded.
    #[track_caller]
    pub fn success(self) -> String {
        assert!(self.status.success(), "kubectl failed ({}): {}", self.status, self.stderr);
        self.stdout
    }

    /// What it complained of, once it is sure that it failed.
    #[track_caller]
    pub fn failure(self) -> String {
        assert!(!self.status.success(), "kubectl succeeded against expectation: {}", self.stdout);
        self.stderr
    }
}

/// Runs kubectl to its end. `home` is where it keeps its caches.
pub fn kubectl(kubeconfig: &Path, home: &Path, args: &[&str], stdin: Option<&str>) -> Output {
    let mut command = Command::new(kube_program("kubectl"));
    command.args(args).env("KUBECONFIG", kubeconfig).env("HOME", home);
    command.env(FEW_COLLECTIONS.0, FEW_COLLECTIONS.1);
    // Settings of the user's that would change the outcome.
    command.env_remove("KUBECACHEDIR").env_remove("KUBERC").env_remove("KUBECTL_EXTERNAL_DIFF");
    command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command).unwrap_or_else(|e| panic!("cannot start kubectl: {e}"));
    let output = thread::scope(|scope| {
        // Beside the reading, so that neither side can wait for the other with a full pipe.
        if let (Some(mut pipe), Some(text)) = (child.stdin.take(), stdin) {
            // kubectl may rightly end without reading it all; its status tells.
            scope.spawn(move || drop(pipe.write_all(text.as_bytes())));
        }
        child.wait_with_output()
    });
    let output = output.unwrap_or_else(|e| panic!("cannot wait for kubectl: {e}"));
    Output {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
