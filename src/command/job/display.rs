//! Progress: a bar on a terminal, a line every ten seconds elsewhere.

use crate::archive::Progress;
use crate::command::output;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

const BAR: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(10);

pub struct ProgressDisplay {
    verb: &'static str,
    bar: Option<ProgressBar>,
    next: Instant,
}

impl ProgressDisplay {
    pub fn new(verb: &'static str) -> Self {
        let bar = stderr().is_terminal().then(|| bar(verb));
        let next = Instant::now() + if bar.is_some() { BAR } else { LINE };
        Self { verb, bar, next }
    }

    /// Ready when it is time to show something again.
    pub async fn due(&self) {
        sleep_until(self.next).await;
    }

    pub fn show(&mut self, progress: &Progress) {
        let (bytes, expected, files) = (progress.bytes(), progress.expected(), progress.files());
        if let Some(bar) = &self.bar {
            bar.set_length(expected.max(bytes));
            bar.set_message(format!("{files} files"));
            bar.set_position(bytes);
            self.next = Instant::now() + BAR;
        } else {
            output::say(self.verb, &line(bytes, expected, files));
            self.next = Instant::now() + LINE;
        }
    }

    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(verb: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_prefix(verb);
    let looks = "{prefix} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec}, {msg}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(looks) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn line(bytes: u64, expected: u64, files: u64) -> String {
    let of = if expected > bytes { format!(" of {}", HumanBytes(expected)) } else { String::new() };
    format!("{}{of}, {files} files", HumanBytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_much_of_how_much() {
        assert_eq!(line(1 << 20, 4 << 20, 7), "1.00 MiB of 4.00 MiB, 7 files");
        assert_eq!(line(1 << 20, 0, 7), "1.00 MiB, 7 files");
    }
}
