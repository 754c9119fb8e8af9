//! What is known of the terminal.

use crate::overview::text::Look;
use jiff::Timestamp;
use rustix::termios::tcgetwinsize;
use std::env;
use std::io::{IsTerminal, stdout};

/// Standard output, as far as the form of a text depends on it.
pub struct Screen {
    is_terminal: bool,
    color: bool,
    symbols: bool,
}

impl Screen {
    /// As it is at the start.
    pub fn new() -> Self {
        let is_terminal = stdout().is_terminal();
        // Of what NO_COLOR holds, nothing but whether it is empty counts.
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        Self {
            is_terminal,
            color: is_terminal && !is_dumb && !is_set("NO_COLOR"),
            symbols: is_terminal && !is_dumb && is_utf8(),
        }
    }

    /// Whether a text can be drawn over.
    pub fn can_redraw(&self) -> bool {
        self.is_terminal
            && env::var_os("TERM").is_some_and(|term| term != "dumb" && !term.is_empty())
    }

    /// How a tree is to look now.
    pub fn look(&self) -> Look {
        Look {
            width: self.size().map(|(columns, _)| columns),
            color: self.color,
            symbols: self.symbols,
            wide: false,
            now: Timestamp::now(),
        }
    }

    /// Columns and rows, where they are known.
    pub fn size(&self) -> Option<(usize, usize)> {
        let size = tcgetwinsize(stdout()).ok().filter(|_| self.is_terminal)?;
        let (columns, rows) = (usize::from(size.ws_col), usize::from(size.ws_row));
        (columns > 0 && rows > 0).then_some((columns, rows))
    }
}

/// Whether the locale is one of UTF-8, as the C library finds it.
fn is_utf8() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names.iter().filter_map(env::var_os).find(|value| !value.is_empty());
    let locale = locale.map(|value| value.to_string_lossy().to_lowercase()).unwrap_or_default();
    locale.contains("utf-8") || locale.contains("utf8")
}
