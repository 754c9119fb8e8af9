//! Finding many texts in one pass.

use aho_corasick::AhoCorasick;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

/// Shortest text that is looked for, in bytes: what is shorter is in some other word by accident.
const SHORTEST: usize = 8;

/// So many bytes of each text go into the automaton, which takes many times their space. The rest
/// is compared where they are found.
const START: usize = 64;

/// A text to look for.
pub struct Needle {
    pub text: String,
    pub replacement: String,
    /// By which a search is told to leave the text.
    pub name: String,
}

/// Texts to look for, those first that count where two are the same.
pub struct Searcher {
    wanted: Vec<Needle>,
    /// Of their starts. There is none for more than an automaton can hold: billions of bytes.
    starts: Option<AhoCorasick>,
}

impl Searcher {
    /// Texts that are too short are left out.
    pub fn new(wanted: impl IntoIterator<Item = Needle>) -> Self {
        let wanted: Vec<Needle> =
            wanted.into_iter().filter(|wanted| wanted.text.len() >= SHORTEST).collect();
        let starts =
            wanted.iter().map(|Needle { text, .. }| &text.as_bytes()[..text.len().min(START)]);
        Self { starts: AhoCorasick::new(starts).ok(), wanted }
    }

    /// The text with everything replaced that is found, from left to right, the longest first.
    /// Nothing of it is given where nobody could look.
    pub fn replace(&self, text: &str, left: &BTreeSet<String>) -> String {
        let Some(found) = self.found(text, left) else { return String::new() };
        let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
        for (place, wanted) in found {
            if place.start >= end {
                replaced.push_str(&text[end..place.start]);
                replaced.push_str(&wanted.replacement);
                end = place.end;
            }
        }
        replaced + &text[end..]
    }

    /// The replacements of everything that is found, overlapping or not.
    pub fn found_in(&self, text: &str) -> impl Iterator<Item = &str> {
        let found = self.found(text, &BTreeSet::new());
        found.into_iter().flatten().map(|(_, wanted)| wanted.replacement.as_str())
    }

    fn found(&self, text: &str, left: &BTreeSet<String>) -> Option<Vec<(Range<usize>, &Needle)>> {
        let starts = self.starts.as_ref()?.find_overlapping_iter(text);
        let mut found: Vec<_> = starts
            .map(|start| (start.start(), start.pattern().as_usize()))
            .filter(|(at, number)| {
                let wanted = &self.wanted[*number];
                text[*at..].starts_with(&wanted.text) && !left.contains(&wanted.name)
            })
            .map(|(at, number)| (at..at + self.wanted[number].text.len(), number))
            .collect();
        found.sort_by_key(|(place, number)| (place.start, Reverse(place.end), *number));
        found.dedup_by_key(|(place, _)| place.clone());
        Some(found.into_iter().map(|(place, number)| (place, &self.wanted[number])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(pairs: &[(&str, &str)]) -> Searcher {
        Searcher::new(pairs.iter().map(|(text, by)| {
            let (text, replacement) = ((*text).to_owned(), (*by).to_owned());
            Needle { text, name: replacement.clone(), replacement }
        }))
    }

    fn replace(pairs: &[(&str, &str)], text: &str) -> String {
        search(pairs).replace(text, &BTreeSet::new())
    }

    #[test]
    fn the_longest_of_several_is_replaced() {
        let search = search(&[("password", "1"), ("password1234", "2"), ("word1234é", "3")]);
        let replaced = search.replace("é password1234é, password12", &BTreeSet::new());
        assert_eq!(replaced, "é 2é, 112");
        assert!(search.found_in("password1234é").eq(["2", "1", "3"]));
    }

    #[test]
    fn what_was_put_in_is_not_looked_at_again() {
        let pairs = [("aaaaaaaa", "bbbbbbbb"), ("bbbbbbbb", "aaaaaaaa")];
        assert_eq!(replace(&pairs, "aaaaaaaabbbbbbbb"), "bbbbbbbbaaaaaaaa");
    }

    #[test]
    fn short_texts_are_not_looked_for() {
        assert_eq!(replace(&[("true", "1"), ("", "2")], "true"), "true");
    }

    #[test]
    fn texts_that_begin_alike_are_told_apart_however_late_they_differ() {
        let [a, b] = ["a", "b"].map(|end| "é".repeat(100) + end);
        assert_eq!(
            replace(&[(&a, "1"), (&b, "2")], &format!("{b}{a}{}", &a[..200])),
            "21".to_owned() + &a[..200]
        );
    }

    #[test]
    fn what_is_left_leaves_its_place_to_others() {
        let search = search(&[("password", "1"), ("password", "2"), ("password1234", "3")]);
        let text = "password1234";
        for (left, expected) in [(&[][..], "3"), (&["3"], "11234"), (&["1", "3"], "21234")] {
            let left = left.iter().map(|&name: &&str| name.to_owned()).collect();
            assert_eq!(search.replace(text, &left), expected);
        }
        assert!(search.found_in(text).eq(["3", "1"]));
    }
}
