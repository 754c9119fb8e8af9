//! Who tells kinds apart.

use super::{files_of, rust_files, support};
use eevee_operator::kinds::Kind;
use regex::Regex;
use std::fs;
use std::path::Path;

/// What is true of a kind stands in its row of `kinds.rs`. Elsewhere a kind may be named, to make or to
/// find an object; what is done must not depend on which kind it is, but where its objects really
/// behave in a way of their own.
#[test]
fn kinds_are_told_apart_in_their_table() {
    const BEHAVE: [&str; 3] =
        ["offline/secrecy/masks.rs", "world/defaults.rs", "world/validate.rs"];
    assert_eq!(found(|code| !told_apart(code).is_empty()), BEHAVE);
}

/// These compare a kind with one, and pick the objects of that kind. One that is new here: is what it
/// decides not true of the kind, and better said in its row, or in its `Renderer`?
#[test]
fn few_compare_a_kind_with_one() {
    const PICK: [&str; 14] = [
        "check/images.rs",
        "check/named.rs",
        "check/nats.rs",
        "check/storage.rs",
        "check/token.rs",
        "check/trial.rs",
        "check/unlisted.rs",
        "offline/secrecy/masks.rs",
        "overview/judge.rs",
        "overview/select.rs",
        "render/bot_module/mod.rs",
        "render/restore/state.rs",
        "render/round.rs",
        "shell/glance.rs",
    ];
    let compared = Regex::new(r"[=!]=\s*[&*]*(\w+::)*Kind::[A-Z]|\bKind::[A-Z]\w*\)?\s*[=!]=[^>]");
    let compared = compared.expect("a pattern");
    assert_eq!(found(|code| compared.is_match(code)), PICK);
}

/// Rooms that know nothing of what a cluster holds.
#[test]
fn text_and_schemas_name_no_kind() {
    for room in ["fields", "schema", "settings", "yaml"] {
        for file in files_of(room) {
            assert!(!code_of(&file).contains("crate::kinds"), "{} names kinds", file.display());
        }
    }
}

#[test]
fn whatever_tells_kinds_apart_is_seen() {
    for code in [
        "match kind { Kind::Pod => 1, _ => 2 }",
        "match kind {\n    _ if a => 1,\n    Kind::Pod\n    | Kind::Job => 1,\n}",
        "match kind { Kind::Pod if a == b => 1, _ => 2 }",
        "match row { Some(Kind::Pod) => 1, _ => 2 }",
        "match at { ObjectRef { kind: Kind::Pod, .. } => 1, _ => 2 }",
        "match of {\n    A { .. } => { 1 }\n    B(_, Kind::Pod) => 2,\n}",
        "match kind.name() { \"Job\" | \"Pod\" => 1, _ => 2 }",
        "let is_pod = matches!(kind, Kind::Job | Kind::Pod);",
        "if let Some(Kind::Pod) = kind { 1 }",
        "if [Kind::Job, Kind::Pod].contains(&kind) { 1 }",
        "let is_pod = kind == \"Pod\";",
        "let is_pod = \"Pod\" != kind;",
    ] {
        assert!(!told_apart(code).is_empty(), "{code}");
    }
    for code in [
        "match a { 1 => Kind::Pod, 2 => Kind::Job }",
        "match a {\n    1 => f(Kind::Pod, 2),\n    _ => 1,\n}",
        "match a { 1 => vec![Kind::Pod], B { .. } => { g(\"Pod\") } _ => 1 }",
        "let kind = Kind::Pod;",
        "let kind = if a == b { Kind::Pod } else { Kind::Job };",
        "let name = format!(\"{kind}\", kind = \"Pod\");",
    ] {
        assert_eq!(told_apart(code), [""; 0], "{code}");
    }
}

/// The places of a text that depend on a kind: patterns, lists in which it is sought, and its name.
fn told_apart(code: &str) -> Vec<&str> {
    let names: Vec<&str> = Kind::all().map(Kind::name).collect();
    let name = format!("\"({})\"", names.join("|"));
    let kind = Regex::new(&format!(r"\bKind::[A-Z]|{name}")).expect("a pattern");
    let expression = Regex::new(&format!(
        r"matches!\([^;{{}}]*\bKind::[A-Z]|\blet\b[^=;]*\bKind::[A-Z]|\[[^\]]*\bKind::[A-Z][^\]]*\]\s*\.contains\(|[=!]=\s*{name}|{name}\s*[=!]="
    ))
    .expect("a pattern");
    let arms = code.match_indices("=>").map(|(end, _)| pattern_before(&code[..end]));
    let expressions = expression.find_iter(code).map(|found| found.as_str());
    arms.filter(|pattern| kind.is_match(pattern)).chain(expressions).collect()
}

/// The pattern of an arm of a match, with its guard, at the end of a text.
fn pattern_before(text: &str) -> &str {
    let mut depth = 0;
    for (at, char) in text.char_indices().rev() {
        let after = text[at + char.len_utf8()..].trim_start();
        // The end of the arm before, and not of a pattern with names of fields.
        let ends_arm = char == '}' && depth == 0 && !after.is_empty() && !after.starts_with("if ");
        match char {
            ',' | ';' if depth == 0 => return after,
            _ if ends_arm => return after,
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth == 0 => return after,
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// The files whose code is of a sort, but for the table.
fn found(is_sought: impl Fn(&str) -> bool) -> Vec<String> {
    let source = support::path("src");
    let table = source.join("kinds.rs");
    rust_files(&source)
        .into_iter()
        .filter(|file| *file != table && is_sought(&code_of(file)))
        .map(|file| file.strip_prefix(&source).expect("a file of it").display().to_string())
        .collect()
}

/// A file without its comments and tests. The kinds of errors of other crates go by other names.
fn code_of(file: &Path) -> String {
    if file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(file).expect("a source file");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    code.replace("ErrorKind::", "").replace("FaultKind::", "").replace("SignalKind::", "")
}
