//! Colours and marks.

use super::Look;
use crate::overview::Level;

/// Which of them are used.
#[derive(Clone, Copy)]
pub struct Style {
    color: bool,
    pub symbols: bool,
}

impl Style {
    pub fn of(look: &Look) -> Self {
        Self { color: look.color, symbols: look.symbols }
    }

    /// A text in the colour of a level.
    pub fn level(self, level: Level, text: &str) -> String {
        self.paint(text, color(level))
    }

    /// What to do.
    pub fn strong(self, text: &str) -> String {
        self.paint(text, "1")
    }

    /// What matters less.
    pub fn faint(self, text: &str) -> String {
        self.paint(text, "2")
    }

    /// What stands before what to do.
    pub fn arrow(self) -> &'static str {
        if self.symbols { "→ " } else { "-> " }
    }

    /// What stands for the rest of a text.
    pub fn ellipsis(self) -> &'static str {
        if self.symbols { "…" } else { "..." }
    }

    /// The lines of a tree: of a branch, of the last branch, beside what follows, and beside nothing.
    pub fn lines(self) -> [&'static str; 4] {
        if self.symbols {
            ["├─ ", "└─ ", "│  ", "   "]
        } else {
            ["|- ", "`- ", "|  ", "   "]
        }
    }

    /// The mark of a level.
    pub fn mark(self, level: Level) -> &'static str {
        match level {
            _ if !self.symbols => "",
            Level::Ok => "✔ ",
            Level::Paused => "‖ ",
            Level::Progressing => "◌ ",
            Level::Unknown => "? ",
            Level::Warning => "▲ ",
            Level::Failed => "✖ ",
        }
    }

    fn paint(self, text: &str, code: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

fn color(level: Level) -> &'static str {
    match level {
        Level::Ok => "32",
        Level::Paused => "34",
        Level::Progressing => "36",
        Level::Unknown => "35",
        Level::Warning => "33",
        Level::Failed => "31",
    }
}
