//! Finding many texts in one pass.

use std::collections::BTreeMap;

/// Shortest text that is looked for, in bytes: what is shorter is in some other word by accident.
pub const SHORTEST: usize = 8;

/// Texts to look for, each with its replacement.
#[derive(Clone, Default)]
pub struct Search(BTreeMap<[u8; SHORTEST], Vec<(String, String)>>);

impl Search {
    /// Texts that are too short are left out; of a text that is there twice the first counts.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut by_start: BTreeMap<_, Vec<(String, String)>> = BTreeMap::new();
        for (text, replacement) in pairs {
            let Some(start) = text.as_bytes().first_chunk::<SHORTEST>() else { continue };
            let same_start = by_start.entry(*start).or_default();
            if same_start.iter().all(|(other, _)| *other != text) {
                same_start.push((text, replacement));
            }
        }
        for same_start in by_start.values_mut() {
            // The longest first: one text may begin with another.
            same_start.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        }
        Self(by_start)
    }

    /// The text with everything replaced that is found, from left to right.
    pub fn replace(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            if let Some((found, replacement)) = self.at_start(rest).next() {
                replaced.push_str(replacement);
                rest = &rest[found.len()..];
            } else {
                let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
                replaced.push_str(&rest[..next]);
                rest = &rest[next..];
            }
        }
        replaced
    }

    /// The replacements of everything that is found, overlapping or not.
    pub fn found_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        text.char_indices()
            .flat_map(|(at, _)| self.at_start(&text[at..]))
            .map(|(_, replacement)| replacement.as_str())
    }

    fn at_start<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a (String, String)> {
        let start = text.as_bytes().first_chunk::<SHORTEST>();
        let same_start = start.and_then(|start| self.0.get(start));
        same_start.into_iter().flatten().filter(|(found, _)| text.starts_with(found.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(pairs: &[(&str, &str)]) -> Search {
        Search::new(pairs.iter().map(|(text, by)| ((*text).to_owned(), (*by).to_owned())))
    }

    #[test]
    fn the_longest_of_several_is_replaced() {
        let search = search(&[("password", "1"), ("password1234", "2"), ("word1234é", "3")]);
        assert_eq!(search.replace("é password1234é, password12"), "é 2é, 112");
        assert!(search.found_in("password1234é").eq(["2", "1", "3"]));
    }

    #[test]
    fn what_was_put_in_is_not_looked_at_again() {
        let search = search(&[("aaaaaaaa", "bbbbbbbb"), ("bbbbbbbb", "aaaaaaaa")]);
        assert_eq!(search.replace("aaaaaaaabbbbbbbb"), "bbbbbbbbaaaaaaaa");
    }

    #[test]
    fn short_texts_are_not_looked_for() {
        assert_eq!(search(&[("true", "1"), ("", "2")]).replace("true"), "true");
    }
}
