//! Standard output and standard error.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Writes a text to standard output. A reader that has gone away, as `head` does, is no error.
pub fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            say("error", &format!("standard output cannot be written: {error}"));
            ExitCode::from(super::UNUSABLE)
        }
    }
}

/// Writes a text to standard output, and says whether there is anybody left to read it.
pub fn write(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Writes one line to standard error.
pub fn say(severity: &str, message: &str) {
    // Where standard error is gone, there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{severity}: {message}");
}
