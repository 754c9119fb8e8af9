//! Whether a text is one document that a strict reader takes.
//!
//! Not by [`read`](super::read()): whoever reads such a text has a reader of its own, mostly one of
//! YAML 1.2, which knows what JSON and kubectl do not: keys that are null or lists, infinity.

use std::borrow::Cow;
use std::collections::HashMap;

use super::compose::NO_ANCHOR;
use super::error::{DocumentError, Position, SyntaxError};
use super::events::{self, RawScalar, Sink};
use super::mapping::{MERGE_WANTS_MAPPINGS, twice};
use super::scalar;
use super::source::{BYTE_ORDER_MARK, refuse_controls};

/// Tags of which every reader knows what they ask for.
const KNOWN_TAGS: [&str; 4] = ["bool", "float", "int", "null"];

/// Judges a text as js-yaml and other strict readers do. Nothing, or comments alone, is a document,
/// too.
///
/// # Errors
/// Wrong syntax, a second document, a duplicate key, a merge key with something other than mappings,
/// a value that is not what its tag says, control characters, more than 127 levels. The message
/// repeats keys, but no value.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    refuse_controls(text)
        .and_then(|()| events::parse(text, 1, &mut Keys::default()))
        .map_err(|fault| fault.hint_at_template(text).in_document(1))
}

/// The keys of the mappings that lead to the next node.
#[derive(Default)]
struct Keys {
    documents: usize,
    open: Vec<Level>,
    anchors: HashMap<usize, Node<'static>>,
}

enum Level {
    /// `merged` is whether its items are to be merged into a mapping.
    Sequence { merged: bool },
    /// Each key with the line of its first use.
    Mapping { lines: HashMap<String, usize>, next: Next },
}

#[derive(Clone, Copy, PartialEq)]
enum Next {
    Key,
    Value,
    MergeValue,
}

#[derive(Clone)]
enum Node<'a> {
    Scalar(Cow<'a, str>),
    MergeKey,
    Sequence,
    Mapping,
}

impl Keys {
    /// Takes a node in its place, and gives whether it is to be merged.
    fn place(&mut self, node: &Node<'_>, place: Position) -> Result<bool, DocumentError> {
        let merged = match self.open.last_mut() {
            None => false,
            Some(Level::Sequence { merged }) => {
                if *merged && !matches!(node, Node::Mapping) {
                    return Err(DocumentError::new(place, MERGE_WANTS_MAPPINGS));
                }
                false
            }
            Some(Level::Mapping { lines, next: next @ Next::Key }) => {
                *next = if matches!(node, Node::MergeKey) { Next::MergeValue } else { Next::Value };
                if let Node::Scalar(name) = node
                    && let Some(first) = lines.insert(name.to_string(), place.line)
                {
                    return Err(DocumentError::new(place, twice(name, first)));
                }
                false
            }
            Some(Level::Mapping { next, .. }) => {
                std::mem::replace(next, Next::Key) == Next::MergeValue
            }
        };
        if merged && matches!(node, Node::Scalar(_) | Node::MergeKey) {
            return Err(DocumentError::new(place, MERGE_WANTS_MAPPINGS));
        }
        Ok(merged)
    }

    fn remember(&mut self, anchor: usize, node: impl FnOnce() -> Node<'static>) {
        if anchor != NO_ANCHOR {
            self.anchors.insert(anchor, node());
        }
    }
}

impl Sink for Keys {
    fn start_document(&mut self, place: Position) -> Result<(), DocumentError> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(DocumentError::new(
                place,
                "a second document begins here: only one is read",
            ));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        scalar: RawScalar<'_>,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError> {
        let is_merge_key = scalar.is_merge_key();
        let RawScalar { text, style, tag } = scalar;
        let known = KNOWN_TAGS.iter().find(|known| scalar::is_tagged(tag.as_deref(), known));
        if let Some(known) = known
            && scalar::resolve(text.clone(), style, tag.as_deref()).is_err()
        {
            return Err(DocumentError::new(
                place,
                format!("this is tagged !!{known}, but is none"),
            ));
        }
        let node = if is_merge_key { Node::MergeKey } else { Node::Scalar(text) };
        self.place(&node, place)?;
        self.remember(anchor, || match node {
            Node::Scalar(text) => Node::Scalar(text.into_owned().into()),
            _ => Node::MergeKey,
        });
        Ok(())
    }

    fn start_sequence(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        let merged = self.place(&Node::Sequence, place)?;
        self.remember(anchor, || Node::Sequence);
        self.open.push(Level::Sequence { merged });
        Ok(())
    }

    fn start_mapping(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        self.place(&Node::Mapping, place)?;
        self.remember(anchor, || Node::Mapping);
        self.open.push(Level::Mapping { lines: HashMap::new(), next: Next::Key });
        Ok(())
    }

    fn end_collection(&mut self, _place: Position) -> Result<(), DocumentError> {
        self.open.pop();
        Ok(())
    }

    fn alias(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        let node = self.anchors.get(&anchor).cloned().unwrap_or(Node::Mapping);
        self.place(&node, place).map(|_| ())
    }

    fn end_document(&mut self, _place: Position) {}
}
