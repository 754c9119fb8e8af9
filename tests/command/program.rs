//! Running the program.

use crate::support;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A seed for `--seed`.
pub const SEED: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// How a run ended.
#[derive(Debug)]
pub struct Ending {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ending {
    /// Standard output of a run in which all went well.
    pub fn fine(self) -> String {
        assert_eq!(self.code, 0, "{}", self.err);
        self.out
    }

    /// Whether standard error speaks of all this.
    pub fn says(&self, words: &[&str]) {
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in:\n{}", self.err);
        }
    }

    /// Whether the input was refused as unusable, in one line that speaks of all this.
    pub fn is_refused(&self, words: &[&str]) {
        self.is_unusable(words);
        assert_eq!(self.err.lines().count(), 1, "more than one line:\n{}", self.err);
    }

    /// Whether nothing was printed but a message that speaks of all this.
    pub fn is_unusable(&self, words: &[&str]) {
        assert_eq!(self.code, 2, "{}", self.err);
        assert_eq!(self.out, "", "something is printed");
        assert!(self.err.starts_with("error: "), "{}", self.err);
        self.says(words);
    }
}

/// A command line that is still to be run.
pub struct Program {
    command: Command,
    input: Vec<u8>,
}

impl Program {
    /// Nothing of this machine's environment reaches the program but the PATH.
    pub fn new(arguments: &[&str]) -> Self {
        Self::by(Path::new(env!("CARGO_BIN_EXE_eevee-operator")), arguments)
    }

    /// The same by another file.
    pub fn by(file: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(file);
        command.env_clear().args(arguments).current_dir(support::root());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        Self { command, input: Vec::new() }
    }

    /// The same with this many file descriptors at most.
    pub fn with_descriptors(mut self, most: usize) -> Self {
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(format!("ulimit -n {most} && exec \"$0\" \"$@\""));
        limited.arg(self.command.get_program()).args(self.command.get_args());
        limited.env_clear().current_dir(support::root());
        limited.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        self.command = limited;
        self
    }

    pub fn within(mut self, folder: &Folder) -> Self {
        self.command.current_dir(&folder.path);
        self
    }

    pub fn with(mut self, variable: &str, value: impl Into<OsString>) -> Self {
        self.command.env(variable, value.into());
        self
    }

    pub fn reading(mut self, input: &str) -> Self {
        self.input = input.as_bytes().to_vec();
        self
    }

    pub fn run(mut self) -> Ending {
        let command = self.command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("its standard input");
        let input = self.input;
        // A program that refuses its arguments reads nothing: writing may fail, and that is fine.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the input is written");
        ending(output.status, text(output.stdout), text(output.stderr))
    }

    /// Runs for a reader that takes one line and goes away, as `head -n 1` does.
    pub fn run_for_one_line(mut self) -> Ending {
        let command = self.command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().expect("its standard output"));
        reader.read_line(&mut line).expect("a line");
        drop(reader);
        let mut err = String::new();
        child.stderr.take().expect("its standard error").read_to_string(&mut err).expect("text");
        ending(child.wait().expect("the program ends"), line, err)
    }

    /// Runs with standard output going into a file.
    #[cfg(target_os = "linux")]
    pub fn run_into(mut self, file: &str) -> Ending {
        let file = fs::File::options().write(true).open(file).expect("the file");
        let output = self.command.stdin(Stdio::null()).stdout(file).output().expect("it runs");
        ending(output.status, String::new(), text(output.stderr))
    }
}

fn ending(status: ExitStatus, out: String, err: String) -> Ending {
    assert!(!err.contains("panicked"), "{err}");
    Ending { code: status.code().expect("an exit code, and no signal"), out, err }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("what is printed is UTF-8")
}

/// Runs `render` with some arguments in a folder of these files.
pub fn render(files: &[(&str, &str)], arguments: &[&str]) -> Ending {
    rendering(arguments).within(&Folder::of(files)).run()
}

/// `render` and its arguments.
pub fn rendering(arguments: &[&str]) -> Program {
    Program::new(&[&["render"], arguments].concat())
}

/// A folder that is gone after the test.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn of(files: &[(&str, &str)]) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("eevee-operator-command-{}-{number}", std::process::id());
        let folder = Self { path: std::env::temp_dir().join(name) };
        fs::create_dir(&folder.path).expect("a new folder");
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("its folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Writes a file of this many bytes that takes no room on the disk.
    pub fn write_large(&self, name: &str, bytes: u64) {
        let file = fs::File::create(self.path.join(name)).expect("a file");
        file.set_len(bytes).expect("its length");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind in the temporary folder makes no test fail.
        let _ = fs::remove_dir_all(&self.path);
    }
}
