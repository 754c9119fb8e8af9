//! What `status` says is to be done stands in the page on troubleshooting, too, in the row of its reason.

use crate::page::page;
use eevee_operator::overview::{ADVICE, AdviceRow};

#[test]
fn every_sentence_of_status_stands_in_its_row() {
    let text = page("docs/troubleshooting.md").text;
    let rows: Vec<(&str, String)> = text.lines().filter_map(row).collect();
    let missing: Vec<String> = ADVICE
        .iter()
        .filter(|advice| {
            let sentence = plain(advice.sentence);
            !rows.iter().any(|(first, row)| is_of(advice, first) && row.contains(&sentence))
        })
        .map(|advice| {
            let reasons: Vec<&str> = advice.reasons().map(|reason| reason.word).collect();
            format!("{reasons:?} {:?}: {}", advice.says, advice.sentence)
        })
        .collect();
    assert!(missing.is_empty(), "docs/troubleshooting.md does not say: {missing:#?}");
}

/// The first cell of a row, and the row as plain text.
fn row(line: &str) -> Option<(&str, String)> {
    let first = line.strip_prefix("| ")?.split(" | ").next()?;
    Some((first, plain(line)))
}

/// A row is that of a reason, or of the words in a message.
fn is_of(advice: &AdviceRow, first: &str) -> bool {
    advice.reasons().any(|reason| first.contains(&format!("`{}`", reason.word)))
        || !advice.says.is_empty() && first.contains(advice.says)
}

/// Text without marks. The page has examples for names, and no end of a sentence behind a command.
fn plain(text: &str) -> String {
    let text = text.replace('`', "");
    let text = text.replace("<bootstrap>", "<job>").replace("<restore>", "<job>");
    let text = text.replace("<module>", "<name>").replace("bm/echo", "<kind>/<name>");
    text.replace("--namespace eevee-bot", "--namespace <namespace>")
}
