//! The lines of a tree, before they have a width.

use super::style::Style;
use super::{Look, age, clean};
use crate::overview::{
    IpcConfig, Level, Module, Namespace, Problem, Resource, Restore, Schedule, State, Store, Token,
};

/// What stands in a line.
pub struct TreeLine {
    /// The lines of the tree before the name.
    pub branch: String,
    /// The same before what stands below it.
    pub below: String,
    pub level: Level,
    pub name: String,
    pub cells: Cells,
    pub problems: Vec<Problem>,
}

/// The columns beside the name. Empty where they say nothing of a kind.
#[derive(Default)]
pub struct Cells {
    pub status: String,
    pub ready: String,
    pub tag: String,
    pub restarts: String,
    pub config: String,
    pub claim: String,
    pub backup: String,
    pub drill: String,
    pub since: String,
    pub age: String,
    pub image: String,
}

/// A line, and those below it.
struct Node {
    level: Level,
    name: String,
    cells: Cells,
    problems: Vec<Problem>,
    below: Vec<Node>,
}

/// The lines of a namespace.
pub fn of(namespace: &Namespace, look: &Look) -> Vec<TreeLine> {
    let tree = Tree { look };
    let mut nodes: Vec<Node> =
        namespace.ipc_configs.iter().map(|one| tree.ipc_config(one)).collect();
    nodes.extend(namespace.modules.iter().map(|one| tree.module(one)));
    nodes.extend(namespace.s3_stores.iter().map(|one| tree.store(one)));
    nodes.extend(namespace.backup_schedules.iter().map(|one| tree.schedule(one)));
    nodes.extend(namespace.backup_restores.iter().map(|one| tree.restore(one)));
    // What has something worse below it comes before what is well.
    nodes.sort_by_key(|node| std::cmp::Reverse(worst(node)));
    let mut rows = Vec::new();
    flatten(nodes, "", Style::of(look).lines(), &mut rows);
    rows
}

fn worst(node: &Node) -> Level {
    node.below.iter().map(worst).fold(node.level, Level::max)
}

fn flatten(nodes: Vec<Node>, before: &str, lines: [&str; 4], rows: &mut Vec<TreeLine>) {
    let [branch, last, beside, nothing] = lines;
    let count = nodes.len();
    for (index, node) in nodes.into_iter().enumerate() {
        let is_last = index + 1 == count;
        let below = format!("{before}{}", if is_last { nothing } else { beside });
        let stem = if node.below.is_empty() { nothing } else { beside };
        rows.push(TreeLine {
            branch: format!("{before}{}", if is_last { last } else { branch }),
            below: format!("{below}{stem}"),
            level: node.level,
            name: node.name,
            cells: node.cells,
            problems: node.problems,
        });
        flatten(node.below, &below, lines, rows);
    }
}

struct Tree<'a> {
    look: &'a Look,
}

impl Tree<'_> {
    fn node(&self, kind: &str, resource: &Resource, cells: Cells) -> Node {
        let since = resource.ready.as_ref().and_then(|ready| ready.since.as_deref());
        Node {
            level: resource.level,
            name: format!("{kind}/{}", clean::line(&resource.name)),
            cells: Cells {
                status: status(resource),
                since: self.age(since),
                // What is missing has none.
                age: resource.created.as_ref().map(|made| self.age(Some(made))).unwrap_or_default(),
                ..cells
            },
            problems: resource.problems.clone(),
            below: Vec::new(),
        }
    }

    fn ipc_config(&self, one: &IpcConfig) -> Node {
        let mut cells = Cells::default();
        if let Some(nats) = &one.nats {
            cells.ready = share(nats.ready, nats.wanted);
            cells.restarts = number(nats.restarts);
            cells.tag = word(nats.tag.as_deref());
            cells.image = word(nats.image.as_deref());
        }
        let mut node = self.node("ipc", &one.resource, cells);
        node.below.extend(one.token.as_ref().map(|token| self.token(token)));
        node.below.extend(one.modules.iter().map(|module| self.module(module)));
        // The token comes first of those that are no worse.
        node.below.sort_by_key(|below| std::cmp::Reverse(worst(below)));
        node
    }

    fn token(&self, token: &Token) -> Node {
        let made = token.rotated.as_deref().or(token.created.as_deref());
        let status = match token.present {
            Some(true) if token.rotated_for.is_some() => "rotated",
            Some(true) => "there",
            Some(false) => "missing",
            None => "not read",
        };
        let cells = Cells {
            status: status.to_owned(),
            age: self.age(made),
            // It has no image, and the name of its Secret is as long as one.
            image: format!("Secret {}", clean::line(&token.secret)),
            ..Cells::default()
        };
        let level = if token.present == Some(false) { Level::Warning } else { Level::Ok };
        Node { level, name: "token".to_owned(), cells, problems: Vec::new(), below: Vec::new() }
    }

    fn module(&self, one: &Module) -> Node {
        let backup = one.backup.as_ref();
        let drill = backup.and_then(|backup| backup.drill.as_ref());
        let cells = Cells {
            ready: share(Some(one.replicas_ready), Some(one.wanted)),
            restarts: number(one.restarts),
            tag: word(one.tag.as_deref()),
            image: word(one.image.as_deref()),
            config: state(one.config.as_ref()),
            claim: state(one.claim.as_ref()),
            backup: backup
                .map(|backup| self.age(backup.last_success.as_deref()))
                .unwrap_or_default(),
            drill: drill
                .map(|drill| {
                    format!("{} {}", clean::line(&drill.result), self.age(drill.time.as_deref()))
                })
                .unwrap_or_default(),
            ..Cells::default()
        };
        let mut node = self.node("bm", &one.resource, cells);
        if !one.enabled && one.resource.level == Level::Ok {
            "disabled".clone_into(&mut node.cells.status);
        }
        node
    }

    fn store(&self, one: &Store) -> Node {
        self.node("s3s", &one.resource, Cells::default())
    }

    fn schedule(&self, one: &Schedule) -> Node {
        let backup = self.age(one.last_success.as_deref());
        let mut node = self.node("bsched", &one.resource, Cells { backup, ..Cells::default() });
        if one.suspended && one.resource.level == Level::Ok {
            "suspended".clone_into(&mut node.cells.status);
        }
        node
    }

    fn restore(&self, one: &Restore) -> Node {
        self.node("brest", &one.resource, Cells::default())
    }

    fn age(&self, time: Option<&str>) -> String {
        age::since(time, self.look.now)
    }
}

/// The level, and for what is not well why.
fn status(resource: &Resource) -> String {
    let level = resource.level.as_str();
    match resource.problems.first().filter(|problem| !problem.reason.eq_ignore_ascii_case(level)) {
        Some(problem) => format!("{level} {}", clean::line(&problem.reason)),
        None => level.to_owned(),
    }
}

fn state(state: Option<&State>) -> String {
    state.map_or_else(|| "-".to_owned(), |state| clean::line(&state.reason))
}

fn share(ready: Option<i64>, wanted: Option<i64>) -> String {
    match wanted {
        Some(wanted) => format!("{}/{wanted}", number(ready)),
        None => String::new(),
    }
}

fn number(number: Option<i64>) -> String {
    number.map_or_else(|| "?".to_owned(), |number| number.to_string())
}

fn word(text: Option<&str>) -> String {
    text.map_or_else(|| "-".to_owned(), clean::line)
}
