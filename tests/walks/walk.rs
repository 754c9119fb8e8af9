//! A page, command by command.

use crate::console::{Command, commands};
use crate::page::page;
use crate::reader::Reader;
use crate::terminal::Outcome;
use regex::Regex;

pub struct Walk {
    page: String,
    /// Those that are left.
    commands: Vec<Command>,
}

impl Walk {
    pub fn through(name: &str) -> Self {
        Self { page: name.to_owned(), commands: commands(&page(name)) }
    }

    /// Runs the next command that begins so. It must succeed, and print what the page shows.
    #[track_caller]
    pub fn run(&mut self, reader: &Reader, beginning: &str) -> String {
        self.run_to(0, reader, beginning).out
    }

    /// The same, where the page says that it ends with this code.
    #[track_caller]
    pub fn run_to(&mut self, code: i32, reader: &Reader, beginning: &str) -> Outcome {
        let command = self.take(beginning);
        let outcome = reader.run(&command.text);
        let Outcome { code: found, out, err } = &outcome;
        let report = format!("{}: {}\nends with {found:?}:\n{out}{err}", self.page, command.text);
        assert_eq!(*found, Some(code), "{report}");
        let printed = if out.is_empty() { err } else { out };
        assert!(is_shown(&command.shown, printed), "{report}");
        outcome
    }

    /// Runs the next command that begins so as far as the kubelet, which no fake node has: all that it names is there.
    #[track_caller]
    pub fn run_as_far_as_the_kubelet(&mut self, reader: &Reader, beginning: &str) {
        let command = self.take(beginning);
        let outcome = reader.run(&command.text);
        let is_there = outcome.err.contains("dial tcp 127.0.0.1:1: connect: connection refused");
        assert!(is_there, "{}: {}: {}", self.page, command.text, outcome.err);
    }

    /// The next command that begins so, for a test that runs it in its own way.
    #[track_caller]
    pub fn take(&mut self, beginning: &str) -> Command {
        let at = self.commands.iter().position(|command| command.text.starts_with(beginning));
        let at = at.unwrap_or_else(|| panic!("{} has no command {beginning:?}", self.page));
        self.commands.remove(at)
    }

    /// Leaves out all commands that begin so.
    #[track_caller]
    pub fn pass(&mut self, beginning: &str, reason: &str) {
        assert!(!reason.is_empty());
        self.take(beginning);
        self.commands.retain(|command| !command.text.starts_with(beginning));
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let left: Vec<&str> = self.commands.iter().map(|it| it.text.as_str()).collect();
            assert!(left.is_empty(), "{}: no test runs {left:#?}", self.page);
        }
    }
}

/// Whether a command printed what a page shows, in which … stands for anything. A page may show nothing.
fn is_shown(shown: &str, printed: &str) -> bool {
    let pattern = regex::escape(shown.trim()).replace('…', ".*");
    let pattern = Regex::new(&format!("(?s)^{pattern}$")).expect("a pattern");
    shown.is_empty() || pattern.is_match(printed.trim())
}
