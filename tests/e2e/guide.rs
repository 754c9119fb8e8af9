//! A page of commands that people type one after the other, typed as they stand.

use crate::cluster::shared_node;
use crate::console;
use crate::page::{Page, page};
use crate::terminal::{Outcome, Terminal};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::thread;

pub struct Guide {
    page: Page,
    sections: Vec<Section>,
    terminal: Terminal,
    opened: RefCell<BTreeSet<String>>,
}

struct Section {
    title: String,
    commands: Vec<String>,
}

impl Section {
    fn new(page: Page) -> Section {
        let commands = console::typed(&page).into_iter().map(|command| command.text).collect();
        Section { title: page.name, commands }
    }
}

impl Guide {
    /// A page, whose commands are run at a terminal of the shared node.
    pub fn open(name: &str) -> Guide {
        let page = page(name);
        let sections = page.sections().into_iter().map(Section::new).collect();
        let terminal = Terminal::at(shared_node());
        Guide { page, sections, terminal, opened: RefCell::default() }
    }

    /// Where the commands are run.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// Commands that stand in the prose.
    pub fn mentions(&self) -> Vec<String> {
        console::mentioned(&self.page).into_iter().map(|command| command.text).collect()
    }

    /// The commands of a section, to be run in their order and to the last.
    #[track_caller]
    pub fn section(&self, title: &str) -> Steps<'_> {
        let section = self.find(title);
        self.opened.borrow_mut().insert(title.to_owned());
        Steps { title: &section.title, left: &section.commands, terminal: &self.terminal }
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
    terminal: &'a Terminal,
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
        let Outcome { code: ended, out, err } = self.terminal.run(command);
        assert_eq!(ended, Some(code), "{command}\n{out}\n{err}");
        out
    }
}

impl Drop for Steps<'_> {
    fn drop(&mut self) {
        let (title, left) = (self.title, self.left);
        assert!(thread::panicking() || left.is_empty(), "{title}: no test runs {left:?}");
    }
}
