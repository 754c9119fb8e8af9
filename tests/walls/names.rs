//! A type's name says what it is wherever it is read: no two types that other files can see have the
//! same.

use super::{rust_files, support};
use regex::Regex;
use std::collections::BTreeMap;
use std::fs;

/// The one name that every command has, as clap's own examples do.
const SHARED: [&str; 1] = ["Arguments"];

#[test]
fn types_have_names_of_their_own() {
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let source = support::path("src");
    for file in rust_files(&source) {
        let place = file.strip_prefix(&source).expect("a file of src").display().to_string();
        let text = fs::read_to_string(&file).expect("a source file");
        if !place.split(['/', '.']).any(|part| part == "tests") {
            for name in visible_types(&text) {
                files.entry(name.to_owned()).or_default().push(place.clone());
            }
        }
    }
    assert!(files.len() > 400, "only {} types were found", files.len());
    files.retain(|_, files| files.len() > 1);
    let shared: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(shared, SHARED, "{files:#?}");
}

#[test]
fn types_are_found_in_every_form() {
    let text = "pub struct A;\n    pub(super) enum B<T> {\npub(crate) type C = u8;\npub unsafe trait D\n\
                struct E;\n// pub struct F;\npub fn g() {}\n#[cfg(test)]\nmod tests {\n    pub struct H;";
    assert_eq!(visible_types(text), ["A", "B", "C", "D"]);
}

/// The types of a text that may be seen outside of it, its tests left out.
fn visible_types(text: &str) -> Vec<&str> {
    let form = r"(?m)^\s*pub(?:\([^)]*\))? (?:unsafe )?(?:struct|enum|union|trait|type) (\w+)";
    let form = Regex::new(form).expect("a pattern");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    form.captures_iter(text).filter_map(|found| found.get(1)).map(|name| name.as_str()).collect()
}
