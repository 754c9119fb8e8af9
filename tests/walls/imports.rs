//! Which modules import which, read from their texts.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The path of a module, or of something in one, from the crate's root.
pub type Path = Vec<String>;

/// One module looks into another.
pub type Import = (Path, Path);

static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]+);").expect("a pattern"));
static INLINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:crate|self|super)(?:::\w+)+").expect("a pattern"));

/// What one module says of others.
#[derive(Default)]
struct Code {
    /// Names that it imports or exports again, each with its path.
    names: BTreeMap<String, Path>,
    paths: Vec<Path>,
}

/// Imports between modules that have the same parent. What is inside of a module counts as the
/// module. A re-export is followed to where the thing is defined, so that a parent hides nothing.
///
/// A parent uses its children, and they use what the parent itself defines: neither counts.
pub fn between_siblings(texts: &BTreeMap<Path, String>) -> BTreeSet<Import> {
    let codes: BTreeMap<&Path, Code> =
        texts.iter().map(|(module, text)| (module, code(texts, module, text))).collect();
    let mut imports = BTreeSet::new();
    for (from, code) in &codes {
        for path in &code.paths {
            let to = module_of(&codes, path.clone());
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if shared < from.len() && shared < to.len() {
                imports.insert((from[..=shared].to_vec(), to[..=shared].to_vec()));
            }
        }
    }
    imports
}

/// The imports that are part of a ring.
pub fn in_rings(imports: &BTreeSet<Import>) -> BTreeSet<Import> {
    imports.iter().filter(|(from, to)| leads(imports, to, from)).cloned().collect()
}

fn leads(imports: &BTreeSet<Import>, from: &Path, to: &Path) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        if seen.insert(here) {
            open.extend(imports.iter().filter(|(from, _)| from == here).map(|(_, to)| to));
        }
    }
    false
}

fn code(texts: &BTreeMap<Path, String>, module: &Path, text: &str) -> Code {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut code = Code::default();
    for tree in USE.captures_iter(text) {
        for (name, path) in leaves(&tree[1], &[]) {
            if let Some(path) = absolute(texts, module, &path) {
                code.paths.push(path.clone());
                code.names.insert(name, path);
            }
        }
    }
    for path in INLINE.find_iter(&USE.replace_all(text, "")) {
        code.paths.extend(absolute(texts, module, &segments(path.as_str())));
    }
    code
}

/// The paths of a use tree, each with the name that it is given.
fn leaves(tree: &str, before: &[String]) -> Vec<(String, Path)> {
    let leaf = |branch: &str| {
        if let Some((head, rest)) = branch.split_once('{') {
            let rest = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
            return leaves(rest, &[before, &segments(head)].concat());
        }
        let (path, alias) = branch.split_once(" as ").unwrap_or((branch, ""));
        let mut path = [before, &segments(path)].concat();
        path.pop_if(|last| last == "self" && !before.is_empty());
        let name = if alias.is_empty() { path.last().cloned() } else { Some(alias.to_owned()) };
        vec![(name.unwrap_or_default(), path)]
    };
    branches(tree).into_iter().flat_map(leaf).collect()
}

/// Splits at the commas that stand outside of braces.
fn branches(tree: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = tree.split(|char| {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        char == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn segments(path: &str) -> Path {
    path.trim().split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A path from the crate's root; none that leads to another crate.
fn absolute(texts: &BTreeMap<Path, String>, module: &[String], path: &[String]) -> Option<Path> {
    let (first, rest) = path.split_first()?;
    let leads_on = rest.first().is_some_and(|name| name == "super");
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "super" if leads_on => absolute(texts, module.split_last()?.1, rest),
        "super" => Some([module.split_last()?.1, rest].concat()),
        "self" if leads_on => absolute(texts, module, rest),
        "self" => Some([module, rest].concat()),
        _ => {
            let child = [module, std::slice::from_ref(first)].concat();
            texts.contains_key(&child).then(|| [module, path].concat())
        }
    }
}

/// The module that defines what a path names.
fn module_of(codes: &BTreeMap<&Path, Code>, mut path: Path) -> Path {
    let mut module = Path::new();
    let mut at = 0;
    while let Some(name) = path.get(at) {
        let child = path[..=at].to_vec();
        if codes.contains_key(&child) {
            (module, at) = (child, at + 1);
        } else if let Some(exported) = codes.get(&module).and_then(|code| code.names.get(name))
            && *exported != child
        {
            path = [exported, &path[at + 1..]].concat();
            (module, at) = (Path::new(), 0);
        } else {
            return module;
        }
    }
    module
}
