//! The text itself: its encoding, the characters that may not occur, and places in it.

use granit_parser::Marker;

use super::error::{Fault, Place, SyntaxError, TAB};

/// The text of a file. Fails for anything but UTF-8; a byte order mark of UTF-8 is kept for
/// [`read`](super::read()) to skip.
pub fn decode(bytes: &[u8]) -> Result<&str, SyntaxError> {
    let at =
        |line, column, message: &str| Fault::new(Place { line, column }, message).in_document(1);
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] = bytes {
        return Err(at(1, 1, "the text is UTF-16 or UTF-32: save it as UTF-8"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let Place { line, column } = end_of(&before, 1);
        at(line, column, "the text is not UTF-8: save it as UTF-8")
    })
}

/// The parser allows tabs behind the spaces of an indentation; kubectl does not.
pub(super) fn refuse_tab(text: &str, marker: &Marker) -> Result<(), Fault> {
    let before = marker.byte_offset().and_then(|offset| text.get(..offset)).unwrap_or_default();
    let indentation = before.trim_end_matches([' ', '\t']);
    if !(indentation.is_empty() || indentation.ends_with(['\n', '\r'])) {
        return Ok(());
    }
    match before[indentation.len()..].find('\t') {
        Some(tab) => Err(Fault::new(Place { line: marker.line(), column: tab + 1 }, TAB)),
        None => Ok(()),
    }
}

/// kubectl refuses control characters too, and takes the three Unicode line breaks for line breaks,
/// which YAML 1.2 readers do not.
pub(super) fn refuse_unprintable(text: &str) -> Result<(), Fault> {
    let suspicious = |b: u8| {
        (b < b' ' && !matches!(b, b'\n' | b'\r' | b'\t')) || matches!(b, 0x7f | 0xc2 | 0xe2 | 0xef)
    };
    if !text.bytes().any(suspicious) {
        return Ok(());
    }
    let Some((offset, c)) = text.char_indices().find(|&(_, c)| {
        matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
            || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    }) else {
        return Ok(());
    };
    let code = c as u32;
    let message = match c {
        '\0' => "the text contains a NUL byte: it is no text file, or it is UTF-16 and must be \
                 saved as UTF-8"
            .into(),
        '\u{85}' | '\u{2028}' | '\u{2029}' => format!(
            "U+{code:04X} is a line break to some YAML readers and a character to others: write \
             it as \\u{code:04X} within double quotes"
        ),
        _ => format!(
            "the character U+{code:04X} is not allowed here: write it as \\u{code:04X} within \
             double quotes"
        ),
    };
    Err(Fault::new(end_of(&text[..offset], 1), message))
}

/// The place right behind `text`, whose first line has the number `first_line`.
pub(super) fn end_of(text: &str, first_line: usize) -> Place {
    let last = text.rsplit('\n').next().unwrap_or_default();
    Place { line: first_line + newlines(text), column: last.chars().count() + 1 }
}

pub(super) fn newlines(text: &str) -> usize {
    text.bytes().filter(|&b| b == b'\n').count()
}
