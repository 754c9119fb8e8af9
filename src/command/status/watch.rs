//! `--watch`: the same again, whenever it changes.

use super::screen::Screen;
use super::{Arguments, Form, Found, UNUSABLE, Wanted, code, found, shown};
use crate::command::process::Signals;
use crate::command::{cluster, output};
use crate::manifest::Unusable;
use crate::shell::Following;
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The screen of a program that draws over all of it, without a cursor; and back to what was there before.
const BEGIN: &str = "\x1b[?1049h\x1b[?25l";
const END: &str = "\x1b[?25h\x1b[?1049l";
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
        let mut text = match self.form {
            // One line for each change.
            Form::Json => shown::json_line(found),
            form => shown::text(found, form, self.screen.look()),
        };
        let notes = shown::notes(found, self.wanted);
        if self.draws_over {
            text.extend(notes.iter().map(|note| format!("note: {note}\n")));
            return output::write(&over(&text, self.screen.size()));
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

/// A text in place of the last one. What has no room is counted: what is not well stands above.
fn over(text: &str, size: Option<(usize, usize)>) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some((_, rows)) = size.filter(|(_, rows)| lines.len() > *rows) {
        let shown = rows.saturating_sub(1);
        let rest = lines.len() - shown;
        lines.truncate(shown);
        lines.push(format!("... {rest} more lines"));
    }
    format!("{HOME}{}{REST_OF_LINE}{REST_OF_SCREEN}", lines.join(&format!("{REST_OF_LINE}\r\n")))
}
