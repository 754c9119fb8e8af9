//! An overview as a tree for a person.
//!
//! Pure: the width of the terminal and the time are handed over. What the cluster says is shown without control
//! characters, so that no text of it moves the cursor.

mod age;
mod clean;
mod columns;
mod details;
mod rows;
mod style;
mod wrap;

pub use clean::line;

use super::{Level, Namespace, Overview, Totals};
use columns::Columns;
use details::Details;
use jiff::Timestamp;
use rows::TreeLine;
use style::Style;

/// How it is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns of the terminal. None for a pipe or a file: nothing is cut or wrapped.
    pub width: Option<usize>,
    pub color: bool,
    /// Lines and marks that are not ASCII.
    pub symbols: bool,
    /// All columns, whatever the width.
    pub wide: bool,
    pub now: Timestamp,
}

/// The tree of every namespace, the worst first.
pub fn tree(overview: &Overview, look: &Look) -> String {
    let mut text = String::new();
    for namespace in &overview.namespaces {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &headline(namespace, look);
        text += &block(&rows::of(namespace, look), look);
    }
    text
}

/// A text that is no part of the tree, as lines of at most this many characters.
pub fn lines(text: &str, width: Option<usize>) -> Vec<String> {
    wrap::wrapped(&clean::line(text), width)
}

fn headline(namespace: &Namespace, look: &Look) -> String {
    let mut totals = Totals::default();
    namespace.levels().for_each(|level| totals.count(level));
    let name = clean::line(&namespace.name);
    let plain = wrap::wrapped(&format!("namespace {name}: {}", sum(&totals)), look.width);
    let colored = Style::of(look).level(namespace.level, &name);
    plain.join("\n").replacen(&name, &colored, 1) + "\n"
}

/// `2 failed, 1 warning, 12 ok`.
pub fn sum(totals: &Totals) -> String {
    let counts = Level::WORST_FIRST.map(|level| (totals.of(level), level.as_str()));
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    if words.is_empty() { "nothing there".to_owned() } else { words.join(", ") }
}

fn block(rows: &[TreeLine], look: &Look) -> String {
    let style = Style::of(look);
    let columns = Columns::fitting(rows, look);
    let mut details = Details::new(look, style);
    let mut text = columns.head(style);
    for row in rows {
        text += &columns.line(row, style);
        text += &details.of(row);
    }
    text
}
