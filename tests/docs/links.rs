//! Every link within the project leads somewhere.

use crate::page::{Page, page, pages};
use crate::support;
use regex::Regex;
use std::fs;
use std::path::Path;

#[test]
fn links_lead_to_files_and_headings() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut count = 0;
    for page in pages() {
        let prose = page.prose();
        for target in link.captures_iter(&prose).map(|found| found.extract::<1>().1[0]) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            count += 1;
            follow(&page, target);
        }
    }
    assert!(count > 10, "only {count} links were found");
}

/// The page of the HTTP API leads to troubleshooting.md where it is published.
#[test]
fn links_of_the_web_page_lead_to_headings() {
    let source = fs::read_to_string(support::path("src/shell/http/page.html")).expect("the page");
    let (_, anchors) = source.split_once("const ANCHORS = {").expect("its anchors");
    let (anchors, _) = anchors.split_once("};").expect("their end");
    let anchor = Regex::new(r#""(#[a-z0-9-]+)""#).expect("a pattern");
    let here = page("docs/troubleshooting.md");
    let targets: Vec<&str> =
        anchor.captures_iter(anchors).map(|found| found.extract::<1>().1[0]).collect();
    assert!(targets.len() > 5, "only {targets:?} were found");
    for target in targets {
        follow(&here, target);
    }
}

fn follow(page: &Page, target: &str) {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(&page.name).parent().expect("a folder");
    let file = if file.is_empty() { page.name.clone().into() } else { folder.join(file) };
    let path = support::root().join(&file);
    assert!(path.exists(), "{}: {target} is not there", page.name);
    if !heading.is_empty() {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let there = Page { name: String::new(), text }.prose();
        let is_there =
            there.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == heading);
        assert!(is_there, "{}: {target}: there is no such heading", page.name);
    }
}

/// How a heading is called in links: in lowercase, with hyphens for spaces, without punctuation.
pub fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    text.chars().filter(|letter| letter.is_alphanumeric() || ['-', '_'].contains(letter)).collect()
}
