//! What a process has used of the CPU.

use std::fs;

/// Clock ticks of a second, in /proc.
const TICKS: f64 = 100.0;

/// Seconds of a core that a process has used, by its id or `self`.
pub fn of(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a live process");
    // The name of the program in parentheses may hold spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    let ticks = |field: usize| fields[field].parse::<f64>().expect("a number of ticks");
    (ticks(12) + ticks(13)) / TICKS
}
