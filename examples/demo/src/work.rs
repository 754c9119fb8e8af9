//! A build in the background, and how far it is.

use crate::cluster::spawn;
use std::collections::VecDeque;
use std::io::{BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// How many lines of a build that failed are shown.
const LAST: usize = 60;

/// A process group that ends when dropped.
pub struct Work {
    pub name: &'static str,
    /// How long it takes, compared with others.
    pub cost: f64,
    child: Child,
    pub is_done: bool,
    reader: Option<JoinHandle<()>>,
    said: Arc<Mutex<Said>>,
}

/// What it has printed on standard error.
#[derive(Default)]
struct Said {
    steps: Option<(u32, u32)>,
    /// What it does before it knows how many steps there are.
    fetching: Option<String>,
    lines: VecDeque<String>,
}

impl Work {
    pub fn start(name: &'static str, cost: f64, mut command: Command) -> Work {
        // A group of its own, so that its own children end with it.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let mut child =
            spawn(command).unwrap_or_else(|e| panic!("cannot start to build {name}: {e}"));
        let said = Arc::new(Mutex::new(Said::default()));
        let reader = child.stderr.take().map(|output| {
            let said = Arc::clone(&said);
            thread::spawn(move || read(output, &said))
        });
        Work { name, cost, child, is_done: false, reader, said }
    }

    /// From 0 to 1.
    pub fn part(&self) -> f64 {
        match self.steps() {
            _ if self.is_done => 1.0,
            Some((done, all)) => f64::from(done) / f64::from(all),
            None => 0.0,
        }
    }

    /// None while it goes on.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait();
        let status =
            status.unwrap_or_else(|e| panic!("cannot wait for the build of {}: {e}", self.name));
        self.is_done = status.is_some();
        status
    }

    /// How many steps are done, and how many there are, as far as it has said so.
    pub fn steps(&self) -> Option<(u32, u32)> {
        lock(&self.said).steps
    }

    pub fn fetching(&self) -> Option<String> {
        lock(&self.said).fetching.clone()
    }

    /// What it has printed, once it has ended.
    pub fn last_words(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        Vec::from(lock(&self.said).lines.clone()).join("\n")
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let group = self.child.id().cast_signed();
            // SAFETY: a plain system call; the child is not waited for yet, so the id is still its own.
            unsafe { libc::kill(-group, libc::SIGTERM) };
            let _ = self.child.wait();
        }
    }
}

/// Lines end with a return where they are meant to be written over.
fn read(output: impl Read, said: &Mutex<Said>) {
    let mut line = Vec::new();
    for byte in BufReader::new(output).bytes().map_while(Result::ok) {
        if byte == b'\n' || byte == b'\r' {
            lock(said).hear(&String::from_utf8_lossy(&line));
            line.clear();
        } else {
            line.push(byte);
        }
    }
}

impl Said {
    fn hear(&mut self, line: &str) {
        if let Some(steps) = line.split_whitespace().find_map(steps) {
            self.steps = Some(steps);
        } else if line.starts_with("fetching ") {
            self.fetching = Some(line.to_owned());
        } else if !is_chatter(line) {
            self.lines.push_back(line.to_owned());
            while self.lines.len() > LAST {
                self.lines.pop_front();
            }
        }
    }
}

/// What explains no failure.
fn is_chatter(line: &str) -> bool {
    let first = line.split_whitespace().next();
    first.is_none_or(|word| ["Compiling", "Downloaded", "Downloading"].contains(&word))
}

/// `12/345`, as cargo and tests/cluster/progress write it.
fn steps(word: &str) -> Option<(u32, u32)> {
    let (done, all) = word.trim_end_matches(':').split_once('/')?;
    let (done, all) = (done.parse().ok()?, all.parse().ok()?);
    (done <= all && all > 0).then_some((done, all))
}

fn lock(said: &Mutex<Said>) -> MutexGuard<'_, Said> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Said, read};
    use std::sync::Mutex;

    fn said(text: &str) -> Said {
        let said = Mutex::default();
        read(text.as_bytes(), &said);
        said.into_inner().expect("nothing has panicked")
    }

    #[test]
    fn steps_are_those_of_cargo_or_of_the_cluster() {
        let cargo = "   Compiling libc v0.2\n    Building [=>   ] 3/402: libc, ring(build)\r    Building [==>  ] 12/402: ring\r";
        assert_eq!(said(cargo).steps, Some((12, 402)));
        assert_eq!(said("fetching sources 17\n").steps, None);
        assert_eq!(said("compiling 5/900\n").steps, Some((5, 900)));
    }

    #[test]
    fn what_is_no_step_is_kept_for_when_it_fails() {
        let words = "  Compiling x v1.0\nerror: no such thing\n  --> src/a/b.rs:1/2\n\n    Building [ ] 1/2: x\r";
        assert_eq!(said(words).lines, ["error: no such thing", "  --> src/a/b.rs:1/2"]);
    }
}
