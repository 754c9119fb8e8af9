//! Lists that are to be whole: what the code knows and a page leaves out.

use crate::page::page;
use crate::support;
use eevee_operator::crd::conditions::{KStatus, Reason, reasons};
use eevee_operator::shell::metrics::Metrics;
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn every_reason_and_type_of_a_condition_and_every_event_has_its_line() {
    let mut words = matches("src/crd/conditions.rs", r#"pub const [A-Z_]+: &str = "(\w+)";"#);
    words.extend(reasons::ALL.iter().map(|reason| reason.word.to_owned()));
    assert!(words.len() > 30, "only {words:?} were found");
    assert_rows("docs/troubleshooting.md", &words);
}

/// Reasons with which a claim alone is stalled, and those of a BackupRestore that is over, which the row sums up.
const STALLED_ELSEWHERE: [Reason; 6] = [
    reasons::BOT_MODULE_NOT_FOUND,
    reasons::FAILED,
    reasons::FIELD_IMMUTABLE,
    reasons::NO_BACKUPS_FOUND,
    reasons::RESIZE_REFUSED,
    reasons::SHRINK_REFUSED,
];

#[test]
fn every_reason_that_stalls_a_resource_is_named() {
    let text = page("docs/troubleshooting.md").text;
    let row = text.lines().find(|line| line.starts_with("| `Stalled` |")).expect("its row");
    let stalls = |reason: &&Reason| reason.progress == KStatus::Stalled;
    for reason in reasons::ALL.iter().filter(stalls) {
        let is_elsewhere = STALLED_ELSEWHERE.contains(reason);
        assert_eq!(row.contains(&format!(" {},", reason.word)), !is_elsewhere, "{}", reason.word);
    }
}

#[test]
fn every_metric_has_its_line() {
    let text = Metrics::new().text();
    let type_of = |line: &str| Some(line.strip_prefix("# TYPE ")?.split(' ').next()?.to_owned());
    let families: BTreeSet<String> = text.lines().filter_map(type_of).collect();
    assert!(families.len() > 20, "only {families:?} were found");
    assert_rows("docs/metrics.md", &families);
}

#[test]
fn every_variable_of_the_environment_has_its_line() {
    let variables = matches("src/settings.rs", r#""([A-Z][A-Z_]{5,})""#);
    assert!(variables.len() > 7, "only {variables:?} were found");
    assert_rows("docs/configuration.md", &variables);
}

#[test]
fn every_route_has_its_line() {
    let routes = matches("src/shell/http/routes.rs", r#"path: "([^"]+)""#);
    assert!(routes.len() > 7, "only {routes:?} were found");
    let text = page("docs/http.md").text;
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    for route in routes {
        let named = [format!(" {route}`"), format!("`{route}`")];
        let is_named = |row: &&&str| named.iter().any(|name| row.contains(name.as_str()));
        assert!(rows.iter().any(|row| is_named(&row)), "docs/http.md does not name {route}");
    }
}

/// What a pattern finds in a file of the source.
fn matches(file: &str, pattern: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(support::path(file)).expect("a file of the source");
    let pattern = Regex::new(pattern).expect("a pattern");
    pattern.captures_iter(&text).map(|found| found.extract::<1>().1[0].to_owned()).collect()
}

/// Fails where the first cell of no row of a table names a word.
fn assert_rows(name: &str, words: &BTreeSet<String>) {
    let text = page(name).text;
    let first_cells: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    let missing: Vec<&String> = words
        .iter()
        .filter(|word| !first_cells.iter().any(|cell| cell.contains(&format!("`{word}`"))))
        .collect();
    assert!(missing.is_empty(), "{name} has no row for {missing:?}");
}
