//! A compiled schema: what each place of an object may hold.

use super::keywords::{Expected, FormatKeyword};
use super::path::At;
use super::pattern::Pattern;
use super::rule::CelRule;
use serde_json::Value;
use std::collections::BTreeMap;

/// One place in the schema.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) expected: Expected,
    /// Of a whole resource.
    pub(super) is_root: bool,
    pub(super) default: Option<Value>,
    pub(super) properties: BTreeMap<String, Node>,
    pub(super) additional: Additional,
    pub(super) items: Option<Box<Node>>,
    /// The fields that tell the items of a list-map apart.
    pub(super) list_keys: Option<Vec<String>>,
    pub(super) checks: Checks,
    pub(super) rules: Vec<CelRule>,
    /// Whether this node or one below has rules.
    pub(super) has_rules: bool,
}

/// `additionalProperties`
#[derive(Debug)]
pub(super) enum Additional {
    None,
    Anything,
    Judged(Box<Node>),
}

/// The keywords that limit a value.
#[derive(Debug)]
pub(super) struct Checks {
    pub(super) format: Option<FormatKeyword>,
    pub(super) allowed: Vec<String>,
    pub(super) required: Vec<String>,
    pub(super) minimum: Option<i64>,
    pub(super) maximum: Option<i64>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<Pattern>,
    pub(super) max_items: Option<usize>,
    pub(super) max_properties: Option<usize>,
}

/// What the schema says of one field of an object.
pub(super) enum Child<'a> {
    Judged(&'a Node, At<'a>),
    /// Anything may stand there.
    Free,
    Unknown,
}

impl Node {
    pub(super) fn child<'a>(&'a self, name: &'a str) -> Child<'a> {
        match (self.properties.get(name), &self.additional) {
            (Some(node), _) => Child::Judged(node, At::Field(name)),
            (None, Additional::Judged(node)) => Child::Judged(node, At::Key(name)),
            (None, Additional::Anything) => Child::Free,
            (None, Additional::None) => Child::Unknown,
        }
    }
}
