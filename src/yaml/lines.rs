use std::hash::{DefaultHasher, Hash, Hasher};

/// Where every field of a document stands in its source: 16 bytes per field, independent of the
/// value, which may be changed or moved meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    nodes: Vec<Node>,
}

/// In source order, each node directly followed by its descendants.
#[derive(Debug, Clone)]
struct Node {
    /// Of the mapping key or the index that leads here. A collision would only misplace a line
    /// number.
    hash: u64,
    line: u32,
    /// How many nodes this one spans, itself included.
    size: u32,
}

impl Lines {
    /// The 1-based line of the field at a JSON pointer (RFC 6901, as in
    /// [`serde_json::Value::pointer`]): where its key or its list item stands. A field that came
    /// through an alias or a merge key has the line of the anchored text.
    pub fn line_of(&self, pointer: &str) -> Option<usize> {
        let (line, found) = self.walk(pointer);
        found.then_some(line)
    }

    /// Like [`Lines::line_of`], but a missing field gives the line of the innermost field
    /// above it that does exist.
    pub fn nearest_line(&self, pointer: &str) -> usize {
        self.walk(pointer).0
    }

    fn walk(&self, pointer: &str) -> (usize, bool) {
        let mut at = 0;
        let line = |at: usize| self.nodes.get(at).map_or(1, |node| node.line as usize);
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            match self.child(at, &name) {
                Some(child) => at = child,
                None => return (line(at), false),
            }
        }
        (line(at), !self.nodes.is_empty())
    }

    pub(super) fn child(&self, parent: usize, name: &str) -> Option<usize> {
        let wanted = hash(name);
        self.children(parent).find(|&at| self.nodes[at].hash == wanted)
    }

    fn children(&self, parent: usize) -> impl Iterator<Item = usize> {
        let end = self.end(parent);
        let mut next = parent + 1;
        std::iter::from_fn(move || {
            let at = next;
            (at < end).then(|| {
                next = self.end(at);
                at
            })
        })
    }

    fn end(&self, at: usize) -> usize {
        at + self.nodes.get(at).map_or(1, |node| node.size as usize)
    }

    /// Adds a node that spans only itself, until [`Lines::close`].
    pub(super) fn push(&mut self, hash: u64, line: usize) -> usize {
        self.nodes.push(Node { hash, line: narrow(line), size: 1 });
        self.nodes.len() - 1
    }

    pub(super) fn close(&mut self, at: usize) {
        let size = narrow(self.nodes.len() - at);
        self.nodes[at].size = size;
    }

    /// Appends a copy of the node `at` and all below it, under a name, and a line if given, of its
    /// own.
    pub(super) fn copy(&mut self, at: usize, hash: u64, line: Option<usize>) -> usize {
        let copy = self.nodes.len();
        self.nodes.extend_from_within(at..self.end(at));
        self.nodes[copy].hash = hash;
        if let Some(line) = line {
            self.nodes[copy].line = narrow(line);
        }
        copy
    }

    pub(super) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
    }
}

pub(super) fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
