//! How far the builds are: a bar on a terminal, elsewhere a line a minute.

use crate::say;
use crate::work::Work;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write, stdout};
use std::time::{Duration, Instant};

/// What takes less than this needs no display.
const QUICK: Duration = Duration::from_secs(2);
const WIDTH: usize = 24;

/// Before this part of the work is done, its speed says little about the rest.
const KNOWN: f64 = 0.05;

pub struct Display {
    begun: Instant,
    told: Option<Instant>,
    every: Duration,
    terminal: bool,
}

impl Display {
    pub fn new() -> Display {
        let terminal = stdout().is_terminal();
        let every = if terminal { Duration::from_millis(200) } else { Duration::from_mins(1) };
        Display { begun: Instant::now(), told: None, every, terminal }
    }

    /// Shows it if it is time.
    pub fn show(&mut self, works: &[Work]) {
        let due = self.told.map_or(QUICK, |told| told.duration_since(self.begun) + self.every);
        if self.begun.elapsed() < due {
            return;
        }
        self.told = Some(Instant::now());
        let text = text(works, self.begun.elapsed());
        if self.terminal {
            let bar = "#".repeat(filled(done(works)));
            print!("\rdemo: [{bar:WIDTH$}] {text}\x1b[K");
            let _ = stdout().flush();
        } else {
            say(&text);
        }
    }
}

/// What follows begins on an empty line.
impl Drop for Display {
    fn drop(&mut self) {
        if self.terminal {
            print!("\r\x1b[K");
            let _ = stdout().flush();
        }
    }
}

fn text(works: &[Work], elapsed: Duration) -> String {
    let mut text = String::new();
    for work in works.iter().filter(|work| !work.is_done) {
        let separator = if text.is_empty() { "" } else { ", " };
        let steps = work.steps().map(|(done, all)| format!("{done}/{all}"));
        let doing = steps.or(work.fetching()).unwrap_or_else(|| "begins".to_owned());
        let _ = write!(text, "{separator}{} {doing}", work.name);
    }
    text + &left(done(works), elapsed)
}

fn left(done: f64, elapsed: Duration) -> String {
    if done < KNOWN {
        return String::new();
    }
    let seconds = elapsed.as_secs_f64() * (1.0 - done) / done;
    if seconds < 60.0 {
        return "; less than a minute left".to_owned();
    }
    format!("; some {:.0} minutes left", (seconds / 60.0).ceil())
}

/// From 0 to 1, by the time that each takes.
fn done(works: &[Work]) -> f64 {
    let all: f64 = works.iter().map(|work| work.cost).sum();
    let done: f64 = works.iter().map(|work| work.cost * work.part()).sum();
    if all > 0.0 { done / all } else { 1.0 }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to WIDTH")]
#[allow(clippy::cast_precision_loss, reason = "a small number")]
fn filled(part: f64) -> usize {
    (part.clamp(0.0, 1.0) * WIDTH as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::left;
    use std::time::Duration;

    #[test]
    fn what_is_left_is_told_once_it_can_be_known() {
        let minute = Duration::from_mins(1);
        assert_eq!(left(0.0, minute), "");
        assert_eq!(left(0.04, minute), "");
        assert_eq!(left(0.25, minute), "; some 3 minutes left");
        assert_eq!(left(0.4, minute), "; some 2 minutes left");
        assert_eq!(left(0.9, minute), "; less than a minute left");
    }
}
