//! The page about fixtures names every field of the Situation, its example is read, and it names
//! what holds where a fixture says nothing.

use crate::page::page;
use crate::support;
use eevee_operator::manifest::{self, Input};
use regex::Regex;
use std::collections::BTreeSet;

const PAGE: &str = "docs/fixtures.md";

#[test]
fn every_field_of_the_situation_has_its_line() {
    for (place, least) in [("", 15), ("answers: [{", 9)] {
        let fields = fields(place);
        assert!(fields.len() >= least, "only {fields:?} were found in {place:?}");
        let missing: Vec<&String> = fields.iter().filter(|field| !has_row(field)).collect();
        assert!(missing.is_empty(), "{PAGE} has no row for {missing:?} of {place:?}");
    }
}

#[test]
fn every_folder_has_its_line() {
    let fixtures = ["ok", "err"].into_iter().flat_map(support::fixtures);
    let folders: BTreeSet<String> = fixtures.map(|it| it.folder().to_owned()).collect();
    let missing: Vec<&String> = folders.iter().filter(|folder| !has_row(folder)).collect();
    assert!(missing.is_empty(), "{PAGE} has no row for {missing:?}");
}

/// The fields that the reader knows at a place, as it names them to whoever writes another.
fn fields(place: &str) -> BTreeSet<String> {
    let closing = if place.is_empty() { "" } else { "}]" };
    let why = refusal(&format!("{place}noSuchField: 1{closing}"));
    let (_, known) = why.split_once("expected one of ").unwrap_or_else(|| panic!("{why}"));
    let name = Regex::new("`([^`]+)`").expect("a pattern");
    name.captures_iter(known).map(|found| found.extract::<1>().1[0].to_owned()).collect()
}

fn refusal(fields: &str) -> String {
    let text = format!("apiVersion: render.eevee.bot/v1\nkind: Situation\n{fields}\n");
    match manifest::load(&[Input { name: "case".to_owned(), text }], support::defaults()) {
        Ok(_) => panic!("{fields} is read"),
        Err(unusable) => unusable.to_string(),
    }
}

/// Whether the first cell of a row names it.
fn has_row(name: &str) -> bool {
    let name = format!("`{name}`");
    let text = page(PAGE).text;
    let mut rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    rows.any(|first| first.contains(&name))
}

#[test]
fn its_examples_are_read() {
    let module = "apiVersion: eevee.bot/v1\nkind: BotModule\nmetadata: {name: echo}\nspec: {image: 'echo:1'}\n";
    let examples = page(PAGE).blocks("yaml");
    assert_eq!(examples.len(), 2);
    for example in examples {
        let text = format!("{module}---\n{}", example.text);
        let loaded =
            manifest::load(&[Input { name: "case".to_owned(), text }], support::defaults())
                .unwrap_or_else(|unusable| panic!("{unusable}"));
        assert!(loaded.faults.is_empty(), "{}", loaded.faults[0]);
    }
}

#[test]
fn what_it_says_of_defaults_is_so() {
    let defaults = support::defaults();
    let rows = [
        ("namespace", defaults.settings.namespace),
        ("watchOtherNamespaces", defaults.settings.watch_other_namespaces.to_string()),
        ("clusterDomain", defaults.settings.cluster_domain),
        ("apiService", defaults.settings.api_service),
        ("apiPort", defaults.settings.api_port.to_string()),
        ("apiToken", defaults.settings.api_token.unwrap_or_default()),
        ("time", defaults.now.to_string()),
    ];
    let text = page(PAGE).text;
    for (field, value) in rows {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{field}` | ")));
        let said = row.and_then(|row| row.trim_end_matches(" |").rsplit(" | ").next());
        assert_eq!(said.map(|said| said.trim_matches('`')), Some(value.as_str()), "{field}");
    }
}
