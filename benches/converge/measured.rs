//! What one side took.

use std::fmt;
use std::time::Duration;

pub struct Measured {
    pub side: &'static str,
    pub modules: usize,
    /// Requests that changed something.
    pub writes: usize,
    /// Until the last of them was answered.
    pub written: Duration,
    /// Until every Deployment was available.
    pub available: Duration,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { side, modules, writes, written, available } = self;
        write!(
            f,
            "{side}: {modules} modules, {writes} writes in {:.2} s, all available after {:.2} s",
            written.as_secs_f64(),
            available.as_secs_f64()
        )
    }
}
