use granit_parser::{ErrorKind, ScanError};

use super::error::{DocumentError, Position, TAB, TOO_DEEP};
use super::source::BYTE_ORDER_MARK;

pub(super) const STRAY_MARK: &str = "a byte order mark (U+FEFF), which editors do not show, stands at the beginning of this line: \
     remove it";

/// Puts a parser's complaint into words. `text` is what was parsed, `place` counts from its
/// beginning.
pub(super) fn explain(text: &str, place: Position, error: &ScanError) -> DocumentError {
    // The complaint about a tab may name the line before, which the tab's line would continue.
    for (line, source) in
        (place.line..).zip(text.lines().skip(place.line.saturating_sub(1)).take(2))
    {
        let indentation = source.chars().take_while(|c| matches!(c, ' ' | '\t'));
        let tab = indentation.enumerate().find(|&(_, c)| c == '\t');
        if let Some((column, _)) = tab.filter(|_| line == place.line || is_about_tabs(error.kind()))
        {
            return DocumentError::new(Position { line, column: column + 1 }, TAB);
        }
    }
    let source = text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
    if source.starts_with(BYTE_ORDER_MARK) {
        return DocumentError::new(Position { column: 1, ..place }, STRAY_MARK);
    }
    DocumentError::new(place, words(error))
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
    )
}

fn words(error: &ScanError) -> String {
    let words = match error.kind() {
        ErrorKind::MappingValueNotAllowed => {
            "a ':' is not allowed here: the line is indented wrongly, or the text before it needs \
             quotes"
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "this is neither 'key: value' nor a list item: a ':' is missing, or the text of \
             several lines above is not indented"
        }
        ErrorKind::ExpectedBlockMappingKey => {
            "a key of the mapping above should stand here: the line is indented wrongly"
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "'- ', the next item of the list above, should stand here"
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            "a list item is not allowed here: put it on a line of its own"
        }
        ErrorKind::InvalidIndentation | ErrorKind::InvalidBlockScalarIndent => {
            "the indentation of this line fits none of the lines above it"
        }
        ErrorKind::ExpectedDocumentStart => {
            "the document has ended before this: the line is indented wrongly, or '---' is \
             missing before it"
        }
        ErrorKind::ExpectedFlowMappingSeparator => "',' or '}' is missing before this",
        ErrorKind::ExpectedFlowSequenceSeparator => "',' or ']' is missing before this",
        ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            "a '[' or '{' is never closed, or a ',' is one too many"
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return format!("this '{open}' is never closed");
        }
        ErrorKind::UnclosedQuotedScalar => "this quote is never closed",
        ErrorKind::UnknownAnchor => {
            "the alias names an anchor that the document does not define before it"
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "unknown escape in a double-quoted text: write a backslash as '\\\\', or use single \
             quotes"
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return format!("no text can begin with '{character}': put the text in quotes");
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            "the quoted text has ended before this: a single quote inside it is written twice ('')"
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "the quoted text has ended before this: a double quote inside it is written \\\""
        }
        kind if is_about_tabs(kind) => {
            "a tab stands where YAML allows only spaces: replace it by spaces"
        }
        ErrorKind::TabAtBlockScalarStart => {
            "the text of this block begins with a tab: indent it with spaces"
        }
        ErrorKind::RecursionLimitExceeded => TOO_DEEP,
        _ => return error.info(),
    };
    words.to_owned()
}
