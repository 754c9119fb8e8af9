//! The text itself: its encoding, the characters that may not occur, and places in it.

use granit_parser::Marker;
use std::borrow::Cow;

use super::error::{DocumentError, Position, SyntaxError, TAB};

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// What may stand between two documents of JSON.
pub(super) const BLANK: [char; 5] = [' ', '\t', '\r', '\n', BYTE_ORDER_MARK];

/// The text of a file, as kubectl decodes it: UTF-8, or UTF-16 with a byte order mark. Fails for
/// anything else, and for bytes that are not what they should be.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SyntaxError> {
    let at = |Position { line, column }, message: &str| {
        DocumentError::new(Position { line, column }, message).in_document(1)
    };
    let start = Position { line: 1, column: 1 };
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, ..] => {
            Err(at(start, "the text is UTF-32: save it as UTF-8"))
        }
        [0xff, 0xfe, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => utf16(units, u16::from_be_bytes),
        [0, _, ..] | [_, 0, ..] => {
            Err(at(start, "the text is UTF-16 without a byte order mark: save it as UTF-8"))
        }
        _ => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            at(end_of(&before, 1), "the text is not UTF-8: save it as UTF-8")
        }),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, SyntaxError> {
    let (pairs, rest) = bytes.as_chunks();
    let mut text = String::with_capacity(bytes.len());
    let broken = |text: &str| {
        let message = "the UTF-16 is broken here: save the text as UTF-8";
        DocumentError::new(end_of(text, 1), message).in_document(1)
    };
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        text.push(character.map_err(|_| broken(&text))?);
    }
    if rest.is_empty() { Ok(text.into()) } else { Err(broken(&text)) }
}

/// Takes off the byte order marks that documents begin with: files that were joined have one each.
pub(super) fn without_byte_order_marks(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    if !text.contains(BYTE_ORDER_MARK) {
        return text.into();
    }
    let mut clean = String::with_capacity(text.len());
    let mut begins = false;
    for line in text.split_inclusive('\n') {
        clean += if begins { line.trim_start_matches(BYTE_ORDER_MARK) } else { line };
        begins = line.starts_with("---");
    }
    clean.into()
}

/// The parser allows tabs behind the spaces of an indentation; kubectl does not.
pub(super) fn refuse_tab(text: &str, marker: &Marker) -> Result<(), DocumentError> {
    let before = marker.byte_offset().and_then(|offset| text.get(..offset)).unwrap_or_default();
    let indentation = before.trim_end_matches([' ', '\t']);
    if !(indentation.is_empty() || indentation.ends_with(['\n', '\r'])) {
        return Ok(());
    }
    match before[indentation.len()..].find('\t') {
        Some(tab) => {
            Err(DocumentError::new(Position { line: marker.line(), column: tab + 1 }, TAB))
        }
        None => Ok(()),
    }
}

/// kubectl refuses control characters too, and takes the three Unicode line breaks for line breaks,
/// which YAML 1.2 readers do not.
pub(super) fn refuse_unprintable(text: &str) -> Result<(), DocumentError> {
    refuse_characters(text, |c| is_line_break(c) || is_forbidden(c))
}

/// Refuses the control characters that no reader takes.
pub(super) fn refuse_controls(text: &str) -> Result<(), DocumentError> {
    refuse_characters(text, |c| is_forbidden(c) && !is_line_break(c))
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}') || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn refuse_characters(text: &str, is_refused: fn(char) -> bool) -> Result<(), DocumentError> {
    let suspicious = |b: u8| {
        (b < b' ' && !matches!(b, b'\n' | b'\r' | b'\t')) || matches!(b, 0x7f | 0xc2 | 0xe2 | 0xef)
    };
    if !text.bytes().any(suspicious) {
        return Ok(());
    }
    let Some((offset, c)) = text.char_indices().find(|&(_, c)| is_refused(c)) else {
        return Ok(());
    };
    let code = c as u32;
    let message = match c {
        '\0' => "the text contains a NUL byte: it is no text file, or it is UTF-16 and must be \
                 saved as UTF-8"
            .into(),
        _ if is_line_break(c) => format!(
            "U+{code:04X} is a line break to some YAML readers and a character to others: write \
             it as \\u{code:04X} within double quotes"
        ),
        _ => format!(
            "the character U+{code:04X} is not allowed here: write it as \\u{code:04X} within \
             double quotes"
        ),
    };
    Err(DocumentError::new(end_of(&text[..offset], 1), message))
}

/// The place right behind `text`, whose first line has the number `first_line`.
pub(super) fn end_of(text: &str, first_line: usize) -> Position {
    let last = text.rsplit('\n').next().unwrap_or_default();
    Position { line: first_line + newlines(text), column: last.chars().count() + 1 }
}

pub(super) fn newlines(text: &str) -> usize {
    text.bytes().filter(|&b| b == b'\n').count()
}
