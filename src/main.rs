//! Command line → one of the commands; nothing else.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Rendering makes and drops hundreds of small objects: glibc's takes twice the time for it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    eevee_operator::command::run()
}
