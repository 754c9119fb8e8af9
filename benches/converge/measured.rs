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
    /// Seconds of a core that the client has used, its watch of the Deployments among them.
    pub cpu: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { side, modules, writes, written, available, cpu } = self;
        write!(
            f,
            "{side}: {modules} modules, {writes} writes in {:.2} s, all available after {:.2} s, {cpu:.2} s of CPU",
            written.as_secs_f64(),
            available.as_secs_f64()
        )
    }
}
