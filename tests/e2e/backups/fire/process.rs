//! Processes of containers, which are ours to kill: the node is in our namespace of processes.

use std::fs;
use std::path::PathBuf;

/// A process that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Process(i32);

impl Process {
    /// The one that runs a command of the operator's image.
    pub fn of_operator(command: &str) -> Option<Process> {
        Self::find(|words| {
            words.len() == 2 && words[0].ends_with("/eevee-operator") && words[1] == command
        })
    }

    /// Those of a module that are the example.
    pub fn of_module(module: &str) -> Option<Process> {
        let name = format!("RESOURCE_NAME={module}");
        let is_of_module = |process: &Process| {
            let variables = fs::read(process.path("environ")).unwrap_or_default();
            variables.split(|byte| *byte == 0).any(|variable| variable == name.as_bytes())
        };
        all().find(|process| {
            process.words().first().is_some_and(|it| it.ends_with("/example-module"))
                && is_of_module(process)
        })
    }

    fn find(is_wanted: impl Fn(&[String]) -> bool) -> Option<Process> {
        all().find(|process| is_wanted(&process.words()))
    }

    fn words(self) -> Vec<String> {
        let line = fs::read(self.path("cmdline")).unwrap_or_default();
        let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
    }

    fn path(self, file: &str) -> PathBuf {
        format!("/proc/{}/{file}", self.0).into()
    }

    pub fn is_alive(self) -> bool {
        self.state().is_some_and(|state| state != 'Z')
    }

    fn state(self) -> Option<char> {
        let stat = fs::read_to_string(self.path("stat")).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    }

    /// Stops it where it is. Returns once it stands still, or is gone.
    pub fn freeze(self) {
        self.signal(libc::SIGSTOP);
        while self.state().is_some_and(|state| !matches!(state, 'T' | 'Z')) {
            std::thread::yield_now();
        }
    }

    pub fn thaw(self) {
        self.signal(libc::SIGCONT);
    }

    /// As the kernel does when memory runs out.
    pub fn kill(self) {
        self.signal(libc::SIGKILL);
    }

    fn signal(self, signal: i32) {
        // SAFETY: a plain system call. One that is gone is not found.
        unsafe { libc::kill(self.0, signal) };
    }
}

fn all() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Process))
}
