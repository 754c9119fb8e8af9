use std::fmt;

/// Why a text cannot be read, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// 1-based number of the document among those that are not empty.
    pub document: usize,
    /// 1-based line in the whole text.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
    /// What is wrong and, where known, what to do. It names no file.
    pub message: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, line, column, message } = self;
        write!(f, "document {document}, line {line}, column {column}: {message}")
    }
}

impl std::error::Error for SyntaxError {}

/// A place in the source, 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub(super) fn lines_down(self, lines: usize) -> Self {
        Self { line: self.line + lines, ..self }
    }
}

/// A [`SyntaxError`] before the number of its document is known.
#[derive(Debug)]
pub(super) struct DocumentError {
    pub place: Position,
    pub message: String,
}

impl DocumentError {
    pub(super) fn new(place: Position, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }

    pub(super) fn lines_down(self, lines: usize) -> Self {
        Self { place: self.place.lines_down(lines), ..self }
    }

    /// Unrendered templates are what most often is mistaken for YAML.
    pub(super) fn hint_at_template(mut self, text: &str) -> Self {
        if text
            .lines()
            .nth(self.place.line.saturating_sub(1))
            .is_some_and(|line| line.contains("{{"))
        {
            self.message += " (is this a template? Render it first, as helm template does)";
        }
        self
    }

    pub(super) fn in_document(self, document: usize) -> SyntaxError {
        let Self { place: Position { line, column }, message } = self;
        SyntaxError { document, line, column, message }
    }
}

pub(super) const TAB: &str =
    "a tab is used for indentation; YAML allows only spaces there: replace it by spaces";

pub(super) const TOO_DEEP: &str = "more than 127 mappings and sequences are nested here";
