//! What was measured.

use std::time::{Duration, Instant};

/// How often both sides of a comparison are measured, in turn.
pub const ROUNDS: usize = 3;

pub fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let outcome = work();
    (begun.elapsed(), outcome)
}

pub fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// The most memory that this process ever had, in MiB.
pub fn peak_of_this_process() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes / 1024.0
}
