//! The pages, and what stands in them.

#![allow(dead_code, reason = "each test target uses its own part")]

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
    let mut files = Vec::new();
    gather(support::root(), &mut files);
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

/// One page.
pub fn page(name: &str) -> Page {
    read(&support::path(name))
}

/// The Markdown files of a folder and of the folders in it, less what is hidden or built. Links
/// are not followed: chart eevee holds two of the others so.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let entry = entry.expect("a folder entry");
        let (kind, path) = (entry.file_type().expect("its type"), entry.path());
        let name = entry.file_name();
        let is_ours = name != "target" && !name.to_string_lossy().starts_with('.');
        if kind.is_dir() && is_ours {
            gather(&path, files);
        } else if kind.is_file() && path.extension().is_some_and(|found| found == "md") {
            files.push(path);
        }
    }
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

    /// What stands under this heading.
    #[track_caller]
    pub fn section(&self, heading: &str) -> Page {
        let section = self.sections().into_iter().find(|section| section.name == heading);
        section.unwrap_or_else(|| panic!("{} has no section {heading:?}", self.name))
    }

    /// The code that the rows of its tables begin with.
    pub fn rows(&self) -> Vec<String> {
        let prose = self.prose();
        let code = |line: &str| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned());
        prose.lines().filter_map(code).collect()
    }

    /// What stands under each heading, up to the next; named by the heading.
    pub fn sections(&self) -> Vec<Page> {
        let mut sections: Vec<Page> = Vec::new();
        let mut within = false;
        for line in self.text.lines() {
            within ^= line.trim_start().starts_with("```");
            match line.strip_prefix('#').filter(|_| !within) {
                Some(heading) => {
                    let name = heading.trim_start_matches('#').trim().to_owned();
                    sections.push(Page { name, text: String::new() });
                }
                None => {
                    if let Some(section) = sections.last_mut() {
                        section.text.extend([line, "\n"]);
                    }
                }
            }
        }
        sections
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
    // A block in a list is indented, all of it.
    let mut indent = "";
    for (number, line) in (1..).zip(text.lines()) {
        let fence = line.trim_start().strip_prefix("```");
        match (fence, &mut open) {
            (Some(language), None) => {
                let language = language.trim().to_owned();
                indent = &line[..line.len() - line.trim_start().len()];
                open = Some(Block { language, line: number + 1, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text.extend([line.strip_prefix(indent).unwrap_or(line), "\n"]);
            }
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a block is never closed");
    blocks
}
