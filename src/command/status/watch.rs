//! `--watch`: the same again, whenever it changes.

use super::screen::Screen;
use super::{Arguments, Form, Found, UNUSABLE, Wanted, code, found, shown};
use crate::command::process::Signals;
use crate::command::{cluster, output};
use crate::manifest::Unusable;
use crate::overview::text;
use crate::shell::Following;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The screen of a program that draws over all of it, without a cursor, and on which a line that is too long takes no
/// second row; and back to what was there before.
const BEGIN: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const END: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";
/// To the upper left; to the end of a line; all below.
const HOME: &str = "\x1b[H";
const REST_OF_LINE: &str = "\x1b[K";
const REST_OF_SCREEN: &str = "\x1b[J";

/// Shows changes until the process is asked to end, which is how it ends well.
pub fn run(arguments: &Arguments, wanted: &Wanted, screen: &Screen) -> Result<ExitCode, Unusable> {
    let form = arguments.output;
    let draws_over = screen.can_redraw() && matches!(form, Form::Tree | Form::Wide);
    let Wanted { settings, namespace, .. } = wanted;
    let canvas = Canvas { form, screen, draws_over, wanted };
    cluster::ask(&arguments.connection, async |client| {
        let mut signals = Signals::catch()?;
        let mut resized = signal(SignalKind::window_change()).map_err(|error| error.to_string())?;
        let following = Following::begin(&client, settings, namespace.as_deref());
        let following = tokio::select! {
            () = signals.next() => return Ok(ExitCode::from(UNUSABLE)),
            following = following => following?,
        };
        let drawing = Drawing::begin(canvas);
        drawing.until(following, &mut signals, &mut resized).await
    })
}

/// Where and how it is drawn.
struct Canvas<'a> {
    form: Form,
    screen: &'a Screen,
    /// Each text in the place of the last. Otherwise one follows the other.
    draws_over: bool,
    wanted: &'a Wanted,
}

/// A terminal that is given back when this is dropped, however it ends.
struct Drawing<'a>(Canvas<'a>);

impl Drop for Drawing<'_> {
    fn drop(&mut self) {
        if self.0.draws_over {
            output::print(END);
        }
    }
}

impl<'a> Drawing<'a> {
    fn begin(canvas: Canvas<'a>) -> Self {
        if canvas.draws_over {
            output::print(BEGIN);
        }
        Self(canvas)
    }

    async fn until(
        self,
        mut following: Following,
        signals: &mut Signals,
        resized: &mut Signal,
    ) -> Result<ExitCode, String> {
        let mut last: Option<Found> = None;
        let mut ended = ExitCode::from(UNUSABLE);
        loop {
            tokio::select! {
                () = signals.next() => return Ok(ended),
                _ = resized.recv() => {
                    if let Some(last) = last.as_ref().filter(|_| self.0.draws_over) {
                        self.0.draw(last);
                    }
                }
                () = following.changed() => {
                    let now = found(&following.glance(), self.0.wanted).map_err(|why| why.to_string())?;
                    ended = code(&now);
                    let is_new = last.as_ref().is_none_or(|last| differs(last, &now));
                    if is_new && !self.0.draw(&now) {
                        // Nobody reads any more.
                        return Ok(ended);
                    }
                    last = Some(now);
                }
            }
        }
    }
}

pub fn differs(last: &Found, now: &Found) -> bool {
    last.overview != now.overview || last.unread != now.unread
}

impl Canvas<'_> {
    /// Whether it could be written.
    fn draw(&self, found: &Found) -> bool {
        let text = match self.form {
            // One line for each change.
            Form::Json => shown::json_line(found),
            form => shown::text(found, form, self.screen.look()),
        };
        let notes = shown::notes(found, self.wanted);
        if self.draws_over {
            return output::write(&over(&notes, &text, self.screen.size()));
        }
        for note in &notes {
            output::say("note", note);
        }
        output::write(&format!("{}{text}", self.separator()))
    }

    fn separator(&self) -> &'static str {
        match self.form {
            Form::Tree | Form::Wide | Form::Yaml => "---\n",
            Form::Json => "",
        }
    }
}

/// A text in place of the last one. What has no room is counted: what is not well stands above, and what is said of all
/// of it before that.
fn over(notes: &[String], text: &str, size: Option<(usize, usize)>) -> String {
    let width = size.map(|(columns, _)| columns);
    let notes = notes.iter().flat_map(|note| text::lines(&format!("note: {note}"), width));
    let mut lines: Vec<String> = notes.chain(text.lines().map(str::to_owned)).collect();
    if let Some((_, rows)) = size.filter(|(_, rows)| lines.len() > *rows) {
        let shown = rows.saturating_sub(1);
        let rest = lines.len() - shown;
        lines.truncate(shown);
        lines.push(format!("... {rest} more lines"));
    }
    format!("{HOME}{}{REST_OF_LINE}{REST_OF_SCREEN}", lines.join(&format!("{REST_OF_LINE}\r\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_stands_before_the_tree_in_lines_that_fit_and_the_end_is_counted() {
        let note =
            format!("could not be read: every BotModule (HTTP 403: {})", "no \x1b[2J".repeat(9));
        let tree: String = (0..30).map(|number| format!("line {number}\n")).collect();
        let drawn = over(&[note], &tree, Some((40, 12)));
        let drawn = drawn.strip_prefix(HOME).expect("from the top");
        let drawn = drawn.strip_suffix(REST_OF_SCREEN).expect("to the end");
        let rows: Vec<&str> =
            drawn.split("\r\n").map(|row| row.trim_end_matches(REST_OF_LINE)).collect();
        assert_eq!(rows.len(), 12, "{rows:#?}");
        assert!(rows.iter().all(|row| row.len() <= 40 && !row.contains('\x1b')), "{rows:#?}");
        assert!(rows[0].starts_with("note: could not be read: every"), "{rows:#?}");
        let first = rows.iter().position(|row| *row == "line 0").expect("the tree");
        assert!(rows[first..11].iter().all(|row| row.starts_with("line ")), "{rows:#?}");
        assert_eq!(rows[11], format!("... {} more lines", 30 - (11 - first)));
    }

    /// A wide row would otherwise take two, and push what is not well off the top.
    #[test]
    fn a_line_that_is_too_long_takes_one_row_and_the_terminal_is_given_back_as_it_was() {
        assert!(BEGIN.contains("\x1b[?7l") && END.contains("\x1b[?7h"));
    }
}
