//! The command line.

use crate::existing::Existing;
use std::env;

pub struct Arguments {
    /// It ends by itself.
    pub once: bool,
    /// Where it runs, if not on a cluster of its own.
    pub existing: Option<Existing>,
}

impl Arguments {
    pub fn read() -> Result<Arguments, String> {
        let once = env::var_os("DEMO_ONCE").is_some_and(|value| value == "1");
        let mut arguments = Arguments { once, existing: None };
        for argument in env::args().skip(1) {
            if argument == "--once" {
                arguments.once = true;
            } else if let Some(name) = argument.strip_prefix("--cluster=") {
                arguments.existing = Some(name.parse()?);
            } else {
                return Err(format!(
                    "unknown argument {argument}; there are --once and --cluster=kind or k3d"
                ));
            }
        }
        Ok(arguments)
    }
}
