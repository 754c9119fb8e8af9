//! Texts of the cluster, on one line and without what a terminal would obey.

/// One line: white space is a blank, and control characters and marks that turn the direction of writing are gone.
pub fn line(text: &str) -> String {
    let seen: String =
        text.chars().map(|one| if one.is_control() || turns(one) { ' ' } else { one }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn turns(one: char) -> bool {
    matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn no_text_of_the_cluster_moves_the_cursor() {
        assert_eq!(line("a\x1b[2Jb\r\nc\td\u{9b}31m"), "a [2Jb c d 31m");
        assert_eq!(line("a\u{202e}b"), "a b");
        assert_eq!(line(" é ü "), "é ü");
    }
}
