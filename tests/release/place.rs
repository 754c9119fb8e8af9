//! A folder for a test, and the scripts of a release run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// An empty folder of this name.
pub fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("release").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// How a script ended.
pub struct Ending {
    pub is_good: bool,
    pub out: String,
    pub err: String,
}

impl Ending {
    #[track_caller]
    pub fn fine(self) -> String {
        assert!(self.is_good, "{}", self.err);
        self.out
    }

    /// Whether nothing was printed but one line that speaks of all this.
    #[track_caller]
    pub fn is_refused(&self, words: &[&str]) {
        assert!(!self.is_good && self.out.is_empty(), "{}", self.out);
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in: {}", self.err);
        }
    }
}

/// Runs a script of `.github/release`.
pub fn run(script: &str, arguments: &[&str]) -> Ending {
    run_for(&repository(), script, arguments)
}

/// The same for another folder with a Cargo.toml, charts and a changelog.
pub fn run_for(root: &Path, script: &str, arguments: &[&str]) -> Ending {
    let output = Command::new(repository().join(".github/release").join(script))
        .args(arguments)
        .env("RELEASE_ROOT", root)
        .output()
        .expect("the script runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ending { is_good: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

/// What a command prints.
pub fn printed(program: impl AsRef<Path>, arguments: &[&str]) -> String {
    let output = Command::new(program.as_ref()).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
