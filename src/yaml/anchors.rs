//! What anchors keep for their aliases, and what that may cost.

use serde_json::Value;

use super::error::{DocumentError, Position};

/// Bytes that the anchors and aliases of one document may copy, against alias bombs.
const MOST_COPIED: usize = 64 << 20;

/// Bytes that a value is counted for besides its text.
const NODE_WEIGHT: usize = 100;

pub(super) struct Anchor {
    /// `None` while its node is not complete.
    pub value: Option<Value>,
    /// `None` for the anchor of a key, which has no node.
    pub node: Option<usize>,
}

/// Counts a copy of `value` and gives the depth of its collections.
pub(super) fn spend(
    copied: &mut usize,
    value: &Value,
    place: Position,
) -> Result<usize, DocumentError> {
    let depth = weigh(copied, value);
    if *copied > MOST_COPIED {
        return Err(DocumentError::new(
            place,
            "the anchors and aliases of this document copy more than 64 MiB",
        ));
    }
    Ok(depth)
}

fn weigh(copied: &mut usize, value: &Value) -> usize {
    *copied += NODE_WEIGHT;
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => {
            *copied += text.len();
            0
        }
        Value::Array(items) => {
            1 + items.iter().map(|item| weigh(copied, item)).max().unwrap_or_default()
        }
        Value::Object(map) => {
            *copied += map.keys().map(String::len).sum::<usize>();
            1 + map.values().map(|value| weigh(copied, value)).max().unwrap_or_default()
        }
    }
}
