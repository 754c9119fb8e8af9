//! Lines of a limited width, in columns of a terminal: a letter of some scripts takes two, and an accent none.

use unicode_width::UnicodeWidthStr;

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text as lines of at most this width, broken between words where that is possible.
pub fn wrapped(text: &str, limit: Option<usize>) -> Vec<String> {
    let Some(limit) = limit.map(|limit| limit.max(1)) else { return vec![text.to_owned()] };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && width(&line) + 1 + width(word) > limit {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let mut rest = word;
        while width(rest) > limit && first(rest) < rest.len() {
            let (head, tail) = rest.split_at(beginning(rest, limit).max(first(rest)));
            lines.push(head.to_owned());
            rest = tail;
        }
        line += rest;
    }
    lines.push(line);
    lines
}

/// A text of at most this width.
pub fn cut(text: &str, limit: usize, ellipsis: &str) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let kept = &text[..beginning(text, limit.saturating_sub(width(ellipsis)))];
    let ellipsis = &ellipsis[..beginning(ellipsis, limit)];
    format!("{kept}{ellipsis}")
}

/// How many bytes of a text fit. A mark may make the letter before it wider, so that letters are not counted one by one.
fn beginning(text: &str, limit: usize) -> usize {
    let ends = text.char_indices().map(|(at, one)| at + one.len_utf8());
    ends.take_while(|end| width(&text[..*end]) <= limit).last().unwrap_or(0)
}

/// The bytes of its first character, which stands in a line even where that is too narrow for it.
fn first(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_within() {
        assert_eq!(
            wrapped("a bc def g", Some(4)),
            ["a bc", "def", "g"].map(str::to_owned)[..2]
                .iter()
                .cloned()
                .chain(["g".to_owned()])
                .collect::<Vec<_>>()
        );
        assert_eq!(wrapped("abcdefgh ij", Some(3)), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrapped("a b", None), ["a b"]);
        assert_eq!(wrapped("", Some(3)), [""]);
        assert_eq!(wrapped("日本語 語", Some(4)), ["日本", "語", "語"]);
        assert_eq!(wrapped("日本", Some(1)), ["日", "本"]);
        assert_eq!(wrapped("e\u{301}e\u{301} b", Some(4)), ["e\u{301}e\u{301} b"]);
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("abcdef", 6, "..."), "abcdef");
        assert_eq!(cut("abcdefg", 6, "..."), "abc...");
        assert_eq!(cut("abcdefg", 2, "..."), "..");
        assert_eq!(cut("日本語", 5, "…"), "日本…");
        assert_eq!(cut("日本語", 4, "…"), "日…");
        assert_eq!(cut("\u{26a0}\u{fe0f}\u{26a0}\u{fe0f}", 3, "…"), "\u{26a0}\u{fe0f}…");
    }
}
