//! No two neighbours import each other, neither directly nor by way of others: rooms of `src`, and
//! the modules within each room.

use super::imports::{Import, Path, between_siblings, in_rings};
use super::{rust_files, support};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

#[test]
fn neighbours_import_each_other_in_one_direction() {
    let imports = between_siblings(&house());
    assert!(imports.len() > 300, "only {} imports were read", imports.len());
    let rings = in_rings(&imports);
    assert!(rings.is_empty(), "these make a ring: {}", shown(&rings));
}

#[test]
fn imports_are_read_as_the_compiler_reads_them() {
    type House<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(House, &[&str])] = &[
        (&[("a", "use crate::b::B;"), ("b", "use super::a::{self, A};")], &["a → b", "b → a"]),
        (&[("a", "fn f() -> super::b::B {}"), ("b", "// use crate::a;")], &["a → b"]),
        (&[("a", "#[cfg(test)]\nmod tests {\n    use crate::b;"), ("b", "")], &[]),
        (
            &[("a", "use crate::{b as other, c::{d::{D}, C}};"), ("b", ""), ("c", "")],
            &["a → b", "a → c"],
        ),
        // What a parent exports again counts as what it is; what it defines is for its children.
        (&[("r", "pub use b::B;"), ("r::a", "use super::{B, R};"), ("r::b", "")], &["r::a → r::b"]),
        (&[("r", "use a::A; struct R;"), ("r::a", "use super::R;")], &[]),
        (&[("r::a", "use crate::s::S;"), ("r", ""), ("s", "")], &["r → s"]),
        (&[("a", "use serde::b; use std::fmt::{self};"), ("b", "")], &[]),
    ];
    for (texts, expected) in cases {
        let texts = texts.iter().map(|(module, text)| (path(module), (*text).to_owned())).collect();
        let found: Vec<_> = between_siblings(&texts).iter().map(arrow).collect();
        assert_eq!(&found, expected, "{texts:?}");
    }
}

#[test]
fn a_ring_is_found_however_long_it_is() {
    let import = |from: &str, to: &str| (path(from), path(to));
    let ring = [import("a", "b"), import("b", "c"), import("c", "a")];
    let imports = ring.iter().cloned().chain([import("a", "d"), import("e", "a")]).collect();
    assert_eq!(in_rings(&imports), BTreeSet::from(ring));
}

/// The text of every module, tests left out: they may look anywhere.
fn house() -> BTreeMap<Path, String> {
    let root = support::path("src");
    let mut texts = BTreeMap::new();
    for file in rust_files(&root) {
        let place = file.strip_prefix(&root).expect("a file of src").with_extension("");
        let mut module: Path =
            place.iter().map(|name| name.to_str().expect("a name").to_owned()).collect();
        module.pop_if(|name| name == "mod" || name == "lib");
        if module != ["main"] && !module.iter().any(|name| name == "tests") {
            texts.insert(module, fs::read_to_string(file).expect("a source file"));
        }
    }
    texts
}

fn path(text: &str) -> Path {
    text.split("::").map(str::to_owned).collect()
}

fn arrow((from, to): &Import) -> String {
    format!("{} → {}", from.join("::"), to.join("::"))
}

fn shown(imports: &BTreeSet<Import>) -> String {
    imports.iter().map(arrow).collect::<Vec<_>>().join(", ")
}
