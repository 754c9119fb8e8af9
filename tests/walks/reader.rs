//! Somebody at a terminal, in a checkout of the project, whose kubectl talks to a cluster.

use crate::cluster::{Cluster, kube_program, tool};
use crate::page::page;
use crate::support;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

/// What stands before the path of a chart, where a page says it.
const CHARTS: &str = "helm";

pub struct Reader<'a> {
    pub cluster: &'a Cluster,
    /// Where they are, and all that they have.
    folder: PathBuf,
    stand_ins: Vec<(&'static str, String)>,
    /// Commands by which their shell got its variables.
    assignments: Vec<String>,
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

impl<'a> Reader<'a> {
    pub fn at(cluster: &'a Cluster) -> Self {
        let folder = cluster.folder().join("reader");
        let programs = folder.join("programs");
        fs::create_dir_all(&programs).expect("a folder");
        let own = PathBuf::from(env!("CARGO_BIN_EXE_eevee-operator"));
        for (program, path) in
            [("kubectl", kube_program("kubectl")), ("helm", tool("helm")), ("eevee-operator", own)]
        {
            symlink(path, programs.join(program)).expect("a link");
        }
        symlink(support::path(CHARTS), folder.join(CHARTS)).expect("a link");
        Self { cluster, folder, stand_ins: Vec::new(), assignments: Vec::new() }
    }

    /// Has something stand for what a page can only hint at.
    pub fn stands_for(&mut self, in_the_page: &'static str, here: &str) {
        self.stand_ins.push((in_the_page, here.to_owned()));
    }

    /// Keeps what a command sets, as the shell of a whole terminal would.
    pub fn keep(&mut self, assignment: &str) {
        self.assignments.push(assignment.to_owned());
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// Copies the one YAML block of a page that holds these words.
    pub fn copy(&self, page_name: &str, words: &str, file: &str) {
        let blocks = page(page_name).blocks("yaml");
        let mut found = blocks.iter().filter(|block| block.text.contains(words));
        match (found.next(), found.next()) {
            (Some(block), None) => self.write(file, &block.text),
            _ => panic!("{page_name} has not exactly one example with {words:?}"),
        }
    }

    /// Runs a command to its end.
    pub fn run(&self, line: &str) -> Outcome {
        let output = self.shell(line).output().expect("sh runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Outcome { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// A command in a shell that has nothing of the environment of whoever runs the tests.
    pub fn shell(&self, line: &str) -> Command {
        let mut script: String = self.assignments.iter().map(|it| format!("{it}\n")).collect();
        script += line;
        for (in_the_page, here) in &self.stand_ins {
            script = script.replace(in_the_page, here);
        }
        let folders = env::var_os("PATH").unwrap_or_default();
        let folders = [self.folder.join("programs")].into_iter().chain(env::split_paths(&folders));
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).current_dir(&self.folder).env_clear();
        shell.env("PATH", env::join_paths(folders).expect("folders"));
        shell.env("HOME", &self.folder).env("KUBECONFIG", self.cluster.kubeconfig());
        shell
    }

    /// Waits for what `kubectl wait --for` waits for in the bot's namespace.
    #[track_caller]
    pub fn waits(&self, object: &str, wanted: &str) {
        let wanted = format!("--for={wanted}");
        let wait = ["wait", object, &wanted, "--namespace=eevee-bot", "--timeout=2m"];
        self.cluster.kubectl(&wait, None).success();
    }

    /// Waits until a resource is Ready for this reason.
    #[track_caller]
    pub fn waits_for_reason(&self, object: &str, reason: &str) {
        let path = "{.status.conditions[?(@.type==\"Ready\")].reason}";
        self.waits(object, &format!("jsonpath={path}={reason}"));
    }

    /// A part of an object in the bot's namespace.
    #[track_caller]
    pub fn sees(&self, object: &str, path: &str) -> String {
        let path = format!("--output=jsonpath={{{path}}}");
        self.cluster.kubectl(&["get", object, &path, "--namespace=eevee-bot"], None).success()
    }
}
