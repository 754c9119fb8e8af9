//! Command line → one of the commands; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    eevee_operator::command::run()
}
