//! Lines of a limited length.

/// A text as lines of at most this many characters, broken between words where that is possible.
pub fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width.map(|width| width.max(1)) else { return vec![text.to_owned()] };
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut rest: Vec<char> = word.chars().collect();
        let gap = usize::from(!line.is_empty());
        if gap + line.chars().count() + rest.len() > width && gap > 0 {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        while rest.len() > width {
            lines.push(rest.drain(..width).collect());
        }
        line.extend(rest);
    }
    lines.push(line);
    lines
}

/// A text of at most this many characters.
pub fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(ellipsis.chars().count());
    text.chars().take(kept).chain(ellipsis.chars()).take(width).collect()
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
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(cut("abcdef", 6, "..."), "abcdef");
        assert_eq!(cut("abcdefg", 6, "..."), "abc...");
        assert_eq!(cut("abcdefg", 2, "..."), "..");
    }
}
