//! What a page tells people to type.

#![allow(dead_code, reason = "each test target uses its own part")]

use crate::page::{Block, Page};

/// The programs of which pages name commands within a sentence or a table.
const PROGRAMS: [&str; 6] = ["kubectl", "helm", "eevee-operator", "curl", "docker", "cargo"];

/// One command.
pub struct Command {
    /// On one line, however many it has in the page.
    pub text: String,
    /// What the page says that it prints, or nothing.
    pub shown: String,
}

/// Every command of a page: those with a prompt, and those within its prose.
pub fn commands(page: &Page) -> Vec<Command> {
    let mut commands = typed(page);
    commands.extend(mentioned(page));
    commands
}

/// The lines with a prompt, each with what it prints.
pub fn typed(page: &Page) -> Vec<Command> {
    page.blocks("console").iter().flat_map(typed_in).collect()
}

fn typed_in(block: &Block) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for line in block.text.replace("\\\n", " ").lines() {
        if let Some(text) = line.strip_prefix("$ ") {
            commands.push(Command { text: text.to_owned(), shown: String::new() });
        } else {
            let last = commands.last_mut().expect("a console block begins with a prompt");
            last.shown.extend([line, "\n"]);
        }
    }
    commands
}

/// Code in the prose that is a command. Of less than three words it is a name, as in "by `helm install`".
pub fn mentioned(page: &Page) -> Vec<Command> {
    let prose = page.prose();
    let code = prose.split('`').skip(1).step_by(2);
    let is_command = |code: &&str| {
        let words: Vec<&str> = code.split_whitespace().collect();
        words.len() > 2 && PROGRAMS.contains(&words[0])
    };
    code.filter(is_command)
        .map(|code| Command { text: code.replace('\n', " "), shown: String::new() })
        .collect()
}
