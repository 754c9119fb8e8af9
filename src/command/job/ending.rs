//! How a command ends: its message, its line of JSON, and its exit code.

use crate::backup::{Said, exit};
use crate::command::output;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// What came of the work.
pub struct Ending {
    pub said: Said,
    code: u8,
}

impl Ending {
    /// It was done.
    pub fn good(said: Said) -> Self {
        Self { said, code: 0 }
    }

    /// It failed. `is_permanent` where no other try will do better.
    pub fn failed(why: String, is_permanent: bool) -> Self {
        Self { said: Said::default(), code: exit::FAILED }.because(why, is_permanent)
    }

    /// The environment cannot be used.
    pub fn unusable(mistakes: &[String]) -> Self {
        let said = Said { error: Some(mistakes.join("; ")), ..Said::default() };
        Self { said, code: exit::UNUSABLE }
    }

    /// It failed in spite of what was done.
    pub fn because(mut self, why: String, is_permanent: bool) -> Self {
        self.said.error = Some(why);
        self.code = if is_permanent { exit::PERMANENT } else { exit::FAILED };
        self
    }

    /// Says it to whoever listens: a person, a program, and the kubelet.
    pub fn tell(&self, termination_log: Option<&Path>) -> ExitCode {
        if let Err(error) = leave(&self.said.message(), termination_log) {
            output::say("warning", &format!("the termination message cannot be written: {error}"));
        }
        self.print()
    }

    /// The same, but what the work has left for the kubelet stands: it knew how far it was.
    pub fn tell_unless_told(&self, termination_log: Option<&Path>) -> ExitCode {
        if is_left(termination_log) { self.print() } else { self.tell(termination_log) }
    }

    fn print(&self) -> ExitCode {
        for warning in &self.said.warnings {
            output::say("warning", warning);
        }
        if let Some(error) = &self.said.error {
            output::say("error", error);
        }
        let printed = output::print(&format!("{}\n", self.said.message()));
        if self.code == 0 { printed } else { ExitCode::from(self.code) }
    }
}

const TERMINATION_LOG: &str = "/dev/termination-log";

fn is_left(path: Option<&Path>) -> bool {
    let at = path.unwrap_or(Path::new(TERMINATION_LOG));
    at.metadata().is_ok_and(|file| file.len() > 0)
}

/// Outside of a pod there is no such file, and nobody who reads it.
pub fn leave(message: &str, path: Option<&Path>) -> std::io::Result<()> {
    let at = path.unwrap_or(Path::new(TERMINATION_LOG));
    if path.is_none() && !at.exists() {
        return Ok(());
    }
    let mut file = OpenOptions::new().write(true).truncate(true).create(path.is_some()).open(at)?;
    file.write_all(message.as_bytes())
}
