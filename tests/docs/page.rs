//! The pages, and what stands in them.

use crate::support;
use std::fs;
use std::path::{Path, PathBuf};

/// One Markdown file.
pub struct Page {
    /// Its path from the project's folder.
    pub name: String,
    pub text: String,
}

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    pub language: String,
    /// Number of its first line in the page.
    pub line: usize,
    pub text: String,
}

/// Every page of the project.
pub fn pages() -> Vec<Page> {
    let mut files: Vec<PathBuf> = markdown_in("").chain(markdown_in("helm")).collect();
    for folder in ["docs", "docs/reference", "helm/bot", "helm/crds", "helm/eevee", "helm/operator"] {
        files.extend(markdown_in(folder));
    }
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

/// One page.
pub fn page(name: &str) -> Page {
    read(&support::path(name))
}

fn markdown_in(folder: &str) -> impl Iterator<Item = PathBuf> {
    let folder = support::path(folder);
    let names = support::names_in(&folder, "md");
    names.into_iter().map(move |name| folder.join(format!("{name}.md")))
}

fn read(file: &Path) -> Page {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let name = file.strip_prefix(support::root()).expect("a file of the project");
    Page { name: name.display().to_string(), text }
}

impl Page {
    /// The blocks in this language.
    pub fn blocks(&self, language: &str) -> Vec<Block> {
        let blocks = blocks(&self.text).into_iter();
        blocks.filter(|block| block.language == language).collect()
    }

    /// The text without what stands in blocks.
    pub fn prose(&self) -> String {
        let mut within = false;
        let outside = |line: &&str| {
            let is_fence = line.trim_start().starts_with("```");
            within ^= is_fence;
            !within && !is_fence
        };
        self.text.lines().filter(outside).map(|line| format!("{line}\n")).collect()
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let fence = line.trim_start().strip_prefix("```");
        match (fence, &mut open) {
            (Some(language), None) => {
                let language = language.trim().to_owned();
                open = Some(Block { language, line: number + 1, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a block is never closed");
    blocks
}
