//! The entries of one mapping: merge keys and duplicates.

use serde_json::{Map, Value};

use super::error::{DocumentError, Position};
use super::lines::{Lines, hash};

pub(super) const MERGE_WANTS_MAPPINGS: &str =
    "the merge key '<<' wants a mapping or a list of mappings";

pub(super) struct MappingEntry {
    pub name: String,
    pub value: Value,
    pub place: Position,
    /// Came through a merge key, from the node of this number: it may override and be overridden.
    pub merged_from: Option<usize>,
}

/// Adds what a merge key brings. In a list of mappings the earlier ones win, so they come last.
pub(super) fn merge(
    entries: &mut Vec<MappingEntry>,
    lines: &Lines,
    value: Value,
    node: usize,
    place: Position,
) -> Result<(), DocumentError> {
    let sources = match value {
        Value::Object(map) => vec![(map, Some(node))],
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .rev()
            .map(|(index, item)| match item {
                Value::Object(map) => Some((map, lines.child(node, &index.to_string()))),
                _ => None,
            })
            .collect::<Option<_>>()
            .ok_or_else(|| DocumentError::new(place, MERGE_WANTS_MAPPINGS))?,
        _ => return Err(DocumentError::new(place, MERGE_WANTS_MAPPINGS)),
    };
    for (map, source) in sources {
        for (name, value) in map {
            let merged_from = source.and_then(|source| lines.child(source, &name)).or(Some(node));
            entries.push(MappingEntry { name, value, place, merged_from });
        }
    }
    Ok(())
}

/// The finished mapping. Of equal keys the later one stands if a merge key brought either of them,
/// as in kubectl; else they are duplicates.
pub(super) fn close(
    mut entries: Vec<MappingEntry>,
    lines: &mut Lines,
) -> Result<Map<String, Value>, DocumentError> {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    refuse_duplicates(&entries)?;
    let mut map = Map::new();
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        if entries.peek().is_some_and(|next| next.name == entry.name) {
            continue;
        }
        if let Some(node) = entry.merged_from {
            lines.copy(node, hash(&entry.name), None);
        }
        map.insert(entry.name, entry.value);
    }
    Ok(map)
}

/// Expects equal names next to each other, in source order.
fn refuse_duplicates(entries: &[MappingEntry]) -> Result<(), DocumentError> {
    let mut first: Option<&MappingEntry> = None;
    let mut earliest: Option<(&MappingEntry, &MappingEntry)> = None;
    for entry in entries.iter().filter(|entry| entry.merged_from.is_none()) {
        match first {
            Some(earlier) if earlier.name == entry.name => {
                if earliest.is_none_or(|(_, found)| entry.place < found.place) {
                    earliest = Some((earlier, entry));
                }
            }
            _ => first = Some(entry),
        }
    }
    match earliest {
        Some((
            MappingEntry { place: Position { line, .. }, .. },
            MappingEntry { name, place, .. },
        )) => Err(DocumentError::new(*place, twice(name, *line))),
        None => Ok(()),
    }
}

pub(super) fn twice(name: &str, first_line: usize) -> String {
    format!("the key '{name}' stands twice in this mapping, first on line {first_line}")
}
