//! Keyword `pattern`: a regular expression of Go.

use regex::Regex;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

type Rest<'a> = Peekable<Chars<'a>>;

/// A compiled `pattern`; shows itself as it was written.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    regex: Regex,
}

impl Pattern {
    pub(super) fn compile(source: &str) -> Result<Self, String> {
        let regex =
            Regex::new(&from_go(source)).map_err(|error| format!("pattern {source:?}: {error}"))?;
        Ok(Self { source: source.to_owned(), regex })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.source)
    }
}

/// Go and the regex crate share RE2's syntax, but in Go `\d`, `\s`, `\w` and `\b` are ASCII, and a
/// bracket inside a bracket is a character like any other.
fn from_go(source: &str) -> String {
    let mut translated = String::with_capacity(source.len());
    let mut rest = source.chars().peekable();
    while let Some(char) = rest.next() {
        match char {
            '\\' => escape(&mut rest, &mut translated),
            '[' => class(&mut rest, &mut translated),
            other => translated.push(other),
        }
    }
    translated
}

/// What follows a backslash.
fn escape(rest: &mut Rest<'_>, translated: &mut String) {
    match rest.next() {
        Some('d') => translated.push_str("[0-9]"),
        Some('D') => translated.push_str("[^0-9]"),
        Some('s') => translated.push_str(r"[\t\n\f\r ]"),
        Some('S') => translated.push_str(r"[^\t\n\f\r ]"),
        Some('w') => translated.push_str("[0-9A-Za-z_]"),
        Some('W') => translated.push_str("[^0-9A-Za-z_]"),
        Some('b') => translated.push_str(r"(?-u:\b)"),
        Some('B') => translated.push_str(r"(?-u:\B)"),
        Some(other) => translated.extend(['\\', other]),
        None => translated.push('\\'),
    }
}

/// What follows an opening bracket, up to its closing one.
fn class(rest: &mut Rest<'_>, translated: &mut String) {
    translated.push('[');
    if rest.next_if_eq(&'^').is_some() {
        translated.push('^');
    }
    if rest.next_if_eq(&']').is_some() {
        translated.push_str(r"\]");
    }
    while let Some(char) = rest.next() {
        match char {
            ']' => return translated.push(']'),
            '\\' => escape(rest, translated),
            // [:alpha:] and its like are the same in both.
            '[' if rest.peek() == Some(&':') => {
                translated.push('[');
                translated.extend(rest.by_ref().take_while(|char| *char != ']'));
                translated.push(']');
            }
            '[' | '&' | '~' => translated.extend(['\\', char]),
            other => translated.push(other),
        }
    }
}
