//! How a string is written so that every YAML 1.1 and 1.2 reader takes it for that string.

use std::fmt::Write;

/// Words that some reader takes for a boolean, null, a float, a merge key or a default key, in
/// lower case.
const WORDS: [&str; 21] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "~", "=", "<<", "nan",
    "inf", ".nan", ".inf", "-.inf", "+.inf", "infinity", "none",
];

/// Characters that a number or a timestamp of any reader consists of (Ruby takes commas for digit
/// separators).
const NUMERIC: &str = "0123456789abcdefABCDEF_,.:+-xXoOtTzZ ";

/// Writes `text` on one line: plain where no reader could misread it, else double-quoted.
pub(super) fn flow(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        double_quoted(out, text);
    }
}

/// The header of a literal block that keeps every byte of `text`, if there is one.
///
/// Excluded are: text of one line, `\r` and whatever needs an escape, text without any visible
/// character, a first non-empty line that begins with a tab (libyaml refuses it), and a last line
/// that ends in a blank but not in a newline.
pub(super) fn literal_header(text: &str) -> Option<&'static str> {
    if !text.contains('\n') || !text.chars().all(|c| c == '\n' || c == '\t' || is_visible(c)) {
        return None;
    }
    let body = text.trim_end_matches('\n');
    if body.trim_matches(['\n', '\t', ' ']).is_empty()
        || (body.len() == text.len() && body.ends_with([' ', '\t']))
    {
        return None;
    }
    let indented = match text.trim_start_matches('\n').as_bytes().first() {
        Some(b'\t') => return None,
        first => first == Some(&b' '),
    };
    Some(match (text.len() - body.len(), indented) {
        (0, false) => "|-",
        (0, true) => "|2-",
        (1, false) => "|",
        (1, true) => "|2",
        (_, false) => "|+",
        (_, true) => "|2+",
    })
}

fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let (Some(first), second) = (chars.next(), chars.next()) else {
        return false;
    };
    let fine_start = match first {
        '-' => {
            second.is_some_and(|c| c == '-' || c.is_ascii_alphabetic()) && !text.starts_with("---")
        }
        '.' => second.is_some_and(|c| {
            c == '/' || c.is_ascii_alphabetic() || (c == '.' && text.starts_with("../"))
        }),
        '?' | ':' | ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\''
        | '"' | '%' | '@' | '`' | ' ' | '+' => false,
        _ => true,
    };
    let ends_early = text.ends_with([' ', ':']) || text.contains(": ") || text.contains(" #");
    let is_word = text.len() <= 8 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    fine_start
        && !ends_early
        && !is_word
        && !looks_numeric(first, text)
        && text.chars().all(is_visible)
}

/// Deliberately wide: `10.0.0.1` and `7d` pay two quotes so that no notation of any reader is
/// missed.
fn looks_numeric(first: char, text: &str) -> bool {
    matches!(first, '0'..='9' | '-' | '.')
        && text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| NUMERIC.contains(c))
}

/// Printable for every reader, and not invisible or direction-changing for the person who reads.
fn is_visible(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{a0}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}' => false,
        _ => c as u32 & 0xfffe != 0xfffe,
    }
}

fn double_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_visible(c) => out.push(c),
            c => {
                let code = c as u32;
                let written = if code <= 0xffff {
                    write!(out, "\\u{code:04X}")
                } else {
                    write!(out, "\\U{code:08X}")
                };
                debug_assert!(written.is_ok(), "writing to a String cannot fail");
            }
        }
    }
    out.push('"');
}
