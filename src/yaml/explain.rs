use granit_parser::{ErrorKind, ScanError};

use super::error::{Fault, Place, TAB, TOO_DEEP};
use super::source::BYTE_ORDER_MARK;

pub(super) const STRAY_MARK: &str = "a byte order mark (U+FEFF), which editors do not show, stands at the beginning of this line: \
     remove it";

/// Puts a parser's complaint into words. `text` is what was parsed, `place` counts from its
/// beginning.
pub(super) fn explain(text: &str, place: Place, error: &ScanError) -> Fault {
    // The complaint about a tab may name the line before, which the tab's line would continue.
    for (line, source) in
        (place.line..).zip(text.lines().skip(place.line.saturating_sub(1)).take(2))
    {
        let indentation = source.chars().take_while(|c| matches!(c, ' ' | '\t'));
        let tab = indentation.enumerate().find(|&(_, c)| c == '\t');
        if let Some((column, _)) = tab.filter(|_| line == place.line || is_about_tabs(error.kind()))
        {
            return Fault::new(Place { line, column: column + 1 }, TAB);
        }
    }
    let source = text.lines().nth(place.line.saturating_sub(1)).unwrap_or_default();
    if source.starts_with(BYTE_ORDER_MARK) {
        return Fault::new(Place { column: 1, ..place }, STRAY_MARK);
    }
    Fault::new(place, words(error))
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    use ErrorKind as Kind;
    matches!(
        kind,
        Kind::TabNotAllowed
            | Kind::TabInBlockIndentation
            | Kind::TabInIndentation
            | Kind::TabInPlainScalar
    )
}

fn words(error: &ScanError) -> String {
    use ErrorKind as Kind;
    let words = match error.kind() {
        Kind::MappingValueNotAllowed => {
            "a ':' is not allowed here: the line is indented wrongly, or the text before it needs \
             quotes"
        }
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => {
            "this is neither 'key: value' nor a list item: a ':' is missing, or the text of \
             several lines above is not indented"
        }
        Kind::ExpectedBlockMappingKey => {
            "a key of the mapping above should stand here: the line is indented wrongly"
        }
        Kind::ExpectedBlockSequenceEntry => {
            "'- ', the next item of the list above, should stand here"
        }
        Kind::BlockSequenceEntryNotAllowed => {
            "a list item is not allowed here: put it on a line of its own"
        }
        Kind::InvalidIndentation | Kind::InvalidBlockScalarIndent => {
            "the indentation of this line fits none of the lines above it"
        }
        Kind::ExpectedDocumentStart => {
            "the document has ended before this: the line is indented wrongly, or '---' is \
             missing before it"
        }
        Kind::ExpectedFlowMappingSeparator => "',' or '}' is missing before this",
        Kind::ExpectedFlowSequenceSeparator => "',' or ']' is missing before this",
        Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofImplicitFlowMapping => {
            "a '[' or '{' is never closed, or a ',' is one too many"
        }
        Kind::UnclosedFlowCollection { open } => return format!("this '{open}' is never closed"),
        Kind::UnclosedQuotedScalar => "this quote is never closed",
        Kind::UnknownAnchor => {
            "the alias names an anchor that the document does not define before it"
        }
        Kind::UnknownQuotedScalarEscape => {
            "unknown escape in a double-quoted text: write a backslash as '\\\\', or use single \
             quotes"
        }
        Kind::UnexpectedCharacter { character } => {
            return format!("no text can begin with '{character}': put the text in quotes");
        }
        Kind::InvalidTrailingSingleQuotedScalar => {
            "the quoted text has ended before this: a single quote inside it is written twice ('')"
        }
        Kind::InvalidTrailingDoubleQuotedScalar => {
            "the quoted text has ended before this: a double quote inside it is written \\\""
        }
        kind if is_about_tabs(kind) => {
            "a tab stands where YAML allows only spaces: replace it by spaces"
        }
        Kind::TabAtBlockScalarStart => {
            "the text of this block begins with a tab: indent it with spaces"
        }
        Kind::RecursionLimitExceeded => TOO_DEEP,
        _ => return error.info(),
    };
    words.to_owned()
}
