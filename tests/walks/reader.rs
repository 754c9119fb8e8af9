//! Somebody who follows a page, at a terminal.

use crate::cluster::Cluster;
use crate::page::page;
use crate::terminal::{Outcome, Terminal};
use std::process::Command;

pub struct Reader<'a> {
    pub cluster: &'a Cluster,
    terminal: Terminal,
    stand_ins: Vec<(&'static str, String)>,
    /// Commands by which their shell got its variables.
    assignments: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn at(cluster: &'a Cluster) -> Self {
        let terminal = Terminal::at(cluster);
        Self { cluster, terminal, stand_ins: Vec::new(), assignments: Vec::new() }
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
        self.terminal.write(file, text);
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
        self.terminal.run(&self.script(line))
    }

    /// A command that is not run yet. It takes the place of its shell, so that whoever kills that ends it.
    pub fn shell(&self, line: &str) -> Command {
        self.terminal.shell(&self.script(&format!("exec env {line}")))
    }

    fn script(&self, line: &str) -> String {
        let assignments: String = self.assignments.iter().map(|it| format!("{it}\n")).collect();
        let script = assignments + line;
        let here = |script: String, (in_the_page, here): &(&str, String)| {
            script.replace(in_the_page, here)
        };
        self.stand_ins.iter().fold(script, here)
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
