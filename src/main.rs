//! Command line → one of the commands; nothing else.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    eevee_operator::command::CommandLine::parse().run()
}
