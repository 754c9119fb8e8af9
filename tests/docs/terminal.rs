//! Somebody at a terminal, in a folder of their own, whose kubectl talks to a cluster.

#![allow(dead_code, reason = "each test target uses its own part")]

use crate::cluster::{Cluster, kube_program, tool};
use crate::support;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What stands before the path of a chart, where a page says it.
const CHARTS: &str = "helm";

/// Seconds that a command may take, more than the longest that the pages give one.
const LIMIT: &str = "660";

pub struct Terminal {
    /// Where they are, and all that they have.
    folder: PathBuf,
    kubeconfig: PathBuf,
}

/// How a command ended.
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Outcome {
    /// What it printed, once it is sure that it succeeded.
    #[track_caller]
    pub fn fine(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }
}

impl Terminal {
    /// In a new folder, where `helm/` is that of the project.
    pub fn at(cluster: &Cluster) -> Self {
        let folder = cluster.folder().join("terminal");
        let programs = folder.join("programs");
        fs::create_dir_all(&programs).expect("a folder");
        let own = PathBuf::from(env!("CARGO_BIN_EXE_eevee-operator"));
        let all = [
            ("kubectl", kube_program("kubectl")),
            ("helm", tool("helm")),
            ("eevee-operator", own),
            ("curl", support::path("tests/docs/curl")),
        ];
        for (program, path) in all {
            symlink(path, programs.join(program)).expect("a link");
        }
        symlink(support::path(CHARTS), folder.join(CHARTS)).expect("a link");
        Self { folder, kubeconfig: cluster.kubeconfig().to_owned() }
    }

    pub fn read(&self, file: &str) -> String {
        let path = self.folder.join(file);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// Runs a script to its end.
    pub fn run(&self, script: &str) -> Outcome {
        let mut command = self.command("timeout");
        command.args([LIMIT, "sh", "-c", script]).stdin(Stdio::null());
        let output = command.output().expect("timeout starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Outcome { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// A script that is not run yet.
    pub fn shell(&self, script: &str) -> Command {
        let mut shell = self.command("sh");
        shell.args(["-c", script]);
        shell
    }

    /// A program that has nothing of the environment of whoever runs the tests but the programs.
    fn command(&self, program: &str) -> Command {
        let folders = env::var_os("PATH").unwrap_or_default();
        let folders = [self.folder.join("programs")].into_iter().chain(env::split_paths(&folders));
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_clear();
        command.env("PATH", env::join_paths(folders).expect("folders"));
        command.env("HOME", &self.folder).env("KUBECONFIG", &self.kubeconfig);
        command
    }
}
