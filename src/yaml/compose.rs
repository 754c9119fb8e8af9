//! Builds values from the events of a parser: keys, anchors, aliases and merge keys as kubectl
//! understands them.

use serde_json::Value;
use std::collections::HashMap;

use super::anchors::{Anchor, spend};
use super::error::{DocumentError, Position, TOO_DEEP};
use super::lines::{Lines, hash};
use super::mapping::{self, MappingEntry};
use super::scalar::Scalar;

/// Nested collections of one document; `serde_json` stops at the same depth.
pub(super) const DEEPEST: usize = 127;

/// Anchor number of a node without anchor, as granit-parser has it.
pub(super) const NO_ANCHOR: usize = 0;

#[derive(Default)]
pub(super) struct Composer {
    open: Vec<Collection>,
    anchors: HashMap<usize, Anchor>,
    lines: Lines,
    copied: usize,
    root: Option<Value>,
}

struct Collection {
    node: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Value>),
    Mapping { entries: Vec<MappingEntry>, pending: Option<Key> },
}

enum Key {
    Name(String, Position),
    Merge(Position),
}

impl Composer {
    pub(super) fn scalar(
        &mut self,
        scalar: Scalar,
        anchor: usize,
        place: Position,
        merge: bool,
    ) -> Result<(), DocumentError> {
        let value = |scalar: Scalar| {
            scalar.into_value().map_err(|message| DocumentError::new(place, message))
        };
        if let Some(pending) = self.awaited_key() {
            if merge {
                *pending = Some(Key::Merge(place));
                return Ok(());
            }
            let anchored = (anchor != NO_ANCHOR).then(|| scalar.clone());
            let name = scalar.into_key().ok_or_else(|| DocumentError::new(place, NULL_KEY))?;
            *pending = Some(Key::Name(name, place));
            return match anchored {
                Some(scalar) => self.remember(anchor, None, &value(scalar)?, place),
                None => Ok(()),
            };
        }
        let node = self.begin(place);
        let value = value(scalar)?;
        self.finish_node(value, node, anchor, place)
    }

    pub(super) fn start_sequence(
        &mut self,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError> {
        self.open_collection(Content::Sequence(Vec::new()), anchor, place)
    }

    pub(super) fn start_mapping(
        &mut self,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError> {
        self.open_collection(Content::Mapping { entries: Vec::new(), pending: None }, anchor, place)
    }

    pub(super) fn end_collection(&mut self, place: Position) -> Result<(), DocumentError> {
        let Some(Collection { node, anchor, content }) = self.open.pop() else {
            return Err(DocumentError::new(place, "a collection ends that never began"));
        };
        let value = match content {
            Content::Sequence(items) => Value::Array(items),
            Content::Mapping { entries, .. } => {
                Value::Object(mapping::close(entries, &mut self.lines)?)
            }
        };
        self.lines.close(node);
        self.finish_node(value, node, anchor, place)
    }

    pub(super) fn alias(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        let Some(anchor) = self.anchors.get(&anchor) else {
            return Err(DocumentError::new(
                place,
                "the alias names an anchor that this document does not define before it",
            ));
        };
        let (Some(value), source) = (&anchor.value, anchor.node) else {
            return Err(DocumentError::new(
                place,
                "the alias stands inside the very value that it names",
            ));
        };
        if self.open.len() + spend(&mut self.copied, value, place)? > DEEPEST {
            return Err(DocumentError::new(place, TOO_DEEP));
        }
        let value = value.clone();
        if let Some(pending) = self.awaited_key() {
            *pending = Some(Key::Name(key_of(value, place)?, place));
            return Ok(());
        }
        let merged = matches!(
            self.open.last().map(|collection| &collection.content),
            Some(Content::Mapping { pending: Some(Key::Merge(_)), .. })
        );
        if merged && !value.is_object() {
            return Err(DocumentError::new(place, mapping::MERGE_WANTS_MAPPINGS));
        }
        let node = match source {
            None => self.begin(place),
            Some(source) => {
                let (name, line) = self.next_name(place);
                self.lines.copy(source, name, Some(line))
            }
        };
        self.finish_node(value, node, NO_ANCHOR, place)
    }

    /// The finished document; null for one without content.
    pub(super) fn finish(mut self) -> (Value, Lines) {
        self.lines.shrink();
        (self.root.unwrap_or(Value::Null), self.lines)
    }

    fn open_collection(
        &mut self,
        content: Content,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError> {
        if self.open.len() >= DEEPEST {
            return Err(DocumentError::new(place, TOO_DEEP));
        }
        if self.awaited_key().is_some() {
            return Err(DocumentError::new(
                place,
                "a key must be a single value, not a mapping or a sequence",
            ));
        }
        let node = self.begin(place);
        if anchor != NO_ANCHOR {
            self.anchors.insert(anchor, Anchor { value: None, node: Some(node) });
        }
        self.open.push(Collection { node, anchor, content });
        Ok(())
    }

    /// The place for the next key, if a key comes next.
    fn awaited_key(&mut self) -> Option<&mut Option<Key>> {
        match self.open.last_mut().map(|collection| &mut collection.content) {
            Some(Content::Mapping { pending, .. }) if pending.is_none() => Some(pending),
            _ => None,
        }
    }

    fn begin(&mut self, place: Position) -> usize {
        let (name, line) = self.next_name(place);
        self.lines.push(name, line)
    }

    /// The name that leads to the next node from its parent, and the line where that name stands.
    fn next_name(&self, place: Position) -> (u64, usize) {
        match self.open.last().map(|collection| &collection.content) {
            Some(Content::Sequence(items)) => (hash(&items.len().to_string()), place.line),
            Some(Content::Mapping { pending: Some(Key::Name(name, place)), .. }) => {
                (hash(name), place.line)
            }
            // The node of a merge key is not to be found by any name that a field may have.
            Some(Content::Mapping { .. }) => (hash("<<\0"), place.line),
            None => (hash(""), place.line),
        }
    }

    fn finish_node(
        &mut self,
        value: Value,
        node: usize,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError> {
        if anchor != NO_ANCHOR {
            self.remember(anchor, Some(node), &value, place)?;
        }
        match self.open.last_mut().map(|collection| &mut collection.content) {
            None => self.root = Some(value),
            Some(Content::Sequence(items)) => items.push(value),
            Some(Content::Mapping { entries, pending }) => match pending.take() {
                Some(Key::Name(name, place)) => {
                    entries.push(MappingEntry { name, value, place, merged_from: None });
                }
                Some(Key::Merge(place)) => {
                    mapping::merge(entries, &self.lines, value, node, place)?;
                }
                None => return Err(DocumentError::new(place, "a value stands without a key")),
            },
        }
        Ok(())
    }

    fn remember(
        &mut self,
        anchor: usize,
        node: Option<usize>,
        value: &Value,
        place: Position,
    ) -> Result<(), DocumentError> {
        spend(&mut self.copied, value, place)?;
        self.anchors.insert(anchor, Anchor { value: Some(value.clone()), node });
        Ok(())
    }
}

const NULL_KEY: &str = "a key is empty or null: give it a name, or put it in quotes";

fn key_of(value: Value, place: Position) -> Result<String, DocumentError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null => Err(DocumentError::new(place, NULL_KEY)),
        Value::Array(_) | Value::Object(_) => {
            Err(DocumentError::new(place, "a key must be a single value"))
        }
    }
}
