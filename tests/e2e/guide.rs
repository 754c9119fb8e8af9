//! A page of commands that people type one after the other, typed as they stand: in a shell, in a folder of their own.

use crate::cluster::{kube_program, shared_node, tool};
use crate::console;
use crate::page::{Page, page};
use crate::support::root;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// Seconds that a command may take, more than the longest that the pages give one.
const LIMIT: &str = "660";

pub struct Guide {
    page: Page,
    sections: Vec<Section>,
    folder: PathBuf,
    opened: RefCell<BTreeSet<String>>,
}

struct Section {
    title: String,
    prose: String,
    commands: Vec<String>,
}

impl Section {
    fn new(page: Page) -> Section {
        let commands = console::typed(&page).into_iter().map(|command| command.text).collect();
        Section { prose: page.prose(), title: page.name, commands }
    }
}

impl Guide {
    /// A page, whose commands are run in a new folder, where `helm/` is that of the repository.
    pub fn open(name: &str) -> Guide {
        let page = page(name);
        let sections = page.sections().into_iter().map(Section::new).collect();
        let folder = shared_node().folder().join("guide");
        fs::create_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        symlink(root().join("helm"), folder.join("helm")).expect("a link");
        Guide { page, sections, folder, opened: RefCell::default() }
    }

    /// Where the commands are run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Commands that stand in the prose.
    pub fn mentions(&self) -> Vec<String> {
        console::mentioned(&self.page).into_iter().map(|command| command.text).collect()
    }

    /// What stands in the first column of the tables of a section.
    pub fn rows(&self, title: &str) -> Vec<&str> {
        let prose = &self.find(title).prose;
        prose.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect()
    }

    /// The commands of a section, to be run in their order and to the last.
    #[track_caller]
    pub fn section(&self, title: &str) -> Steps<'_> {
        let section = self.find(title);
        self.opened.borrow_mut().insert(title.to_owned());
        Steps { title: &section.title, left: &section.commands, folder: &self.folder }
    }

    /// Panics where a section was never run.
    #[track_caller]
    pub fn assert_whole(&self) {
        let opened = self.opened.borrow();
        let with_commands = self.sections.iter().filter(|section| !section.commands.is_empty());
        let missed = with_commands.map(|section| &section.title);
        let missed: Vec<_> = missed.filter(|title| !opened.contains(*title)).collect();
        assert!(missed.is_empty(), "sections with commands that no test runs: {missed:?}");
    }

    #[track_caller]
    fn find(&self, title: &str) -> &Section {
        let section = self.sections.iter().find(|section| section.title == title);
        section.unwrap_or_else(|| panic!("there is no section {title:?}"))
    }
}

/// The commands of a section.
pub struct Steps<'a> {
    title: &'a str,
    left: &'a [String],
    folder: &'a Path,
}

impl Steps<'_> {
    /// Runs the next command, which has to begin so and to succeed. Gives what it printed.
    #[track_caller]
    pub fn run(&mut self, beginning: &str) -> String {
        self.end(beginning, 0)
    }

    /// Runs the next command, which has to begin so and to end with this code.
    #[track_caller]
    pub fn end(&mut self, beginning: &str, code: i32) -> String {
        let Some((command, left)) = self.left.split_first() else {
            panic!("{}: there is no command after the last: {beginning}", self.title)
        };
        self.left = left;
        assert!(command.starts_with(beginning), "{}: {command} is not {beginning}", self.title);
        run(command, self.folder, code)
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        let (title, left) = (self.title, self.left);
        assert!(thread::panicking() || left.is_empty(), "{title}: no test runs {left:?}");
    }
}

#[track_caller]
fn run(command: &str, folder: &Path, code: i32) -> String {
    let output = shell(command, folder).output().expect("timeout starts");
    let (out, err) = (output.stdout, output.stderr);
    let (out, err) = (String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
    assert_eq!(output.status.code(), Some(code), "{command}\n{out}\n{err}");
    out.into_owned()
}

/// A shell that knows the programs of the pages, and nothing of the user's own.
fn shell(command: &str, folder: &Path) -> Command {
    let mut shell = Command::new("timeout");
    shell.args([LIMIT, "sh", "-c", command]).current_dir(folder).stdin(Stdio::null());
    let operator = PathBuf::from(env!("CARGO_BIN_EXE_eevee-operator"));
    let programs = [kube_program("kubectl"), tool("helm"), operator];
    let folders = programs.iter().map(|program| program.parent().expect("a folder").display());
    let path: String = folders.map(|folder| format!("{folder}:")).collect();
    shell.env_clear().env("PATH", format!("{path}/usr/bin:/bin")).env("HOME", folder);
    shell.env("KUBECONFIG", shared_node().kubeconfig());
    shell
}
