//! A compiled schema: what each place of an object may hold.

use super::format::Format;
use super::path::At;
use super::pattern::Pattern;
use super::rule::Rule;
use serde_json::Value;
use std::collections::BTreeMap;

/// One place in the schema.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // each is a keyword of its own
pub(super) struct Node {
    pub(super) expected: Expected,
    pub(super) nullable: bool,
    /// Fields that the schema does not name are kept.
    pub(super) preserve_unknown: bool,
    /// The root, or an embedded resource: has `apiVersion`, `kind` and `metadata`.
    pub(super) resource: bool,
    pub(super) default: Option<Value>,
    pub(super) properties: BTreeMap<String, Node>,
    pub(super) additional: Additional,
    pub(super) items: Option<Box<Node>>,
    pub(super) list: ListType,
    pub(super) checks: Checks,
    pub(super) rules: Vec<Rule>,
    /// Whether this node or one below has rules.
    pub(super) has_rules: bool,
}

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Expected {
    /// Not said.
    #[default]
    Anything,
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    /// `x-kubernetes-int-or-string`
    IntOrString,
}

/// `additionalProperties`
#[derive(Debug, Default)]
pub(super) enum Additional {
    #[default]
    None,
    Anything,
    Judged(Box<Node>),
}

/// `x-kubernetes-list-type`
#[derive(Debug, Default)]
pub(super) enum ListType {
    #[default]
    Atomic,
    Set,
    /// Keyed by these fields.
    Map(Vec<String>),
}

/// The keywords that limit a value.
#[derive(Debug, Default)]
pub(super) struct Checks {
    pub(super) format: Option<Format>,
    /// Format int32 of an integer; int64 holds whatever counts as one.
    pub(super) int32: bool,
    pub(super) allowed: Vec<Value>,
    pub(super) required: Vec<String>,
    pub(super) minimum: Option<Limit>,
    pub(super) maximum: Option<Limit>,
    pub(super) multiple_of: Option<f64>,
    pub(super) min_length: Option<i64>,
    pub(super) max_length: Option<i64>,
    pub(super) pattern: Option<Pattern>,
    pub(super) min_items: Option<i64>,
    pub(super) max_items: Option<i64>,
    pub(super) unique_items: bool,
    pub(super) min_properties: Option<i64>,
    pub(super) max_properties: Option<i64>,
    pub(super) all_of: Vec<Node>,
    pub(super) any_of: Vec<Node>,
    pub(super) one_of: Vec<Node>,
    pub(super) not: Option<Box<Node>>,
}

/// `minimum` or `maximum`
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) number: f64,
    /// The number itself is beyond it.
    pub(super) exclusive: bool,
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
            (None, Additional::None) if self.preserve_unknown => Child::Free,
            (None, Additional::None) => Child::Unknown,
        }
    }
}

impl Expected {
    /// As the API server names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Anything => "any",
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::IntOrString => "integer,string",
        }
    }
}
