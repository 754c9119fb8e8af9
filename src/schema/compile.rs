//! From `openAPIV3Schema` to [`Node`].

use super::keywords::{Expected, FormatKeyword, Keywords, ListType};
use super::metadata;
use super::node::{Additional, Checks, Node};
use super::pattern::Pattern;
use super::rule::CelRule;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// Why a schema does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// Where in the schema, as the path of the field that it describes.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "schema of field {:?}: {}", self.path, self.problem)
    }
}

impl std::error::Error for SchemaError {}

/// Deeper than any Kubernetes type; keeps every walk over a schema from exhausting the stack.
const MAX_DEPTH: usize = 64;

/// Compiles the schema of a whole resource.
pub(super) fn root(open_api_v3: &Value) -> Result<Node, SchemaError> {
    let place = SchemaPlace { path: String::new(), depth: 0 };
    let mut schema = place.read(open_api_v3)?;
    for (field, of_every_resource) in metadata::fields() {
        if schema.properties.insert(field.to_owned(), of_every_resource).is_some() {
            return Err(place.below(field).error("only the API server may describe this field"));
        }
    }
    Ok(Node { is_root: true, ..place.compile(schema)? })
}

/// A place in the schema that is being compiled.
struct SchemaPlace {
    path: String,
    depth: usize,
}

impl SchemaPlace {
    fn node(&self, schema: &Value) -> Result<Node, SchemaError> {
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("is nested more than {MAX_DEPTH} levels deep")));
        }
        self.compile(self.read(schema)?)
    }

    fn read(&self, schema: &Value) -> Result<Keywords, SchemaError> {
        Keywords::deserialize(schema).map_err(|error| self.error(error.to_string()))
    }

    fn compile(&self, schema: Keywords) -> Result<Node, SchemaError> {
        let expected = self.expected(&schema)?;
        let format = self.format(&schema, expected)?;
        let mut node = Node {
            expected,
            is_root: false,
            default: schema.default,
            properties: schema
                .properties
                .iter()
                .map(|(name, child)| Ok((name.clone(), self.below(name).node(child)?)))
                .collect::<Result<_, _>>()?,
            additional: match &schema.additional_properties {
                None => Additional::None,
                Some(Value::Bool(true)) => Additional::Anything,
                Some(child) => Additional::Judged(Box::new(self.below("*").node(child)?)),
            },
            items: match &schema.items {
                None => None,
                Some(child) => Some(Box::new(self.below("[]").node(child)?)),
            },
            list_keys: match schema.list_type {
                None | Some(ListType::Atomic) => None,
                Some(ListType::Map) => Some(schema.list_map_keys),
            },
            checks: Checks {
                format,
                allowed: schema.allowed,
                required: schema.required,
                minimum: schema.minimum,
                maximum: schema.maximum,
                min_length: schema.min_length,
                max_length: schema.max_length,
                pattern: schema.pattern.as_deref().map(|it| self.pattern(it)).transpose()?,
                max_items: schema.max_items,
                max_properties: schema.max_properties,
            },
            rules: schema
                .rules
                .iter()
                .map(|rule| CelRule::compile(rule).map_err(|problem| self.error(problem)))
                .collect::<Result<_, _>>()?,
            has_rules: false,
        };
        node.has_rules = has_rules(&node);
        Ok(node)
    }

    fn expected(&self, schema: &Keywords) -> Result<Expected, SchemaError> {
        match (schema.expected, schema.int_or_string) {
            (Some(expected), false) => Ok(expected),
            (None, true) => Ok(Expected::IntOrString),
            (None, false) => Err(self.error("has no type")),
            (Some(_), true) => Err(self.error("has a type beside x-kubernetes-int-or-string")),
        }
    }

    fn format(
        &self,
        schema: &Keywords,
        expected: Expected,
    ) -> Result<Option<FormatKeyword>, SchemaError> {
        match (expected, schema.format) {
            (_, None)
            | (Expected::Integer, Some(FormatKeyword::Int32 | FormatKeyword::Int64))
            | (Expected::String, Some(FormatKeyword::DateTime)) => Ok(schema.format),
            (_, Some(_)) => Err(self.error("has a format of another type")),
        }
    }

    fn pattern(&self, source: &str) -> Result<Pattern, SchemaError> {
        Pattern::compile(source).map_err(|problem| self.error(problem))
    }

    fn below(&self, name: &str) -> Self {
        let path =
            if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { path, depth: self.depth + 1 }
    }

    fn error(&self, problem: impl Into<String>) -> SchemaError {
        SchemaError { path: self.path.clone(), problem: problem.into() }
    }
}

fn has_rules(node: &Node) -> bool {
    let additional = match &node.additional {
        Additional::Judged(child) => child.has_rules,
        Additional::None | Additional::Anything => false,
    };
    additional
        || !node.rules.is_empty()
        || node.properties.values().any(|child| child.has_rules)
        || node.items.as_ref().is_some_and(|child| child.has_rules)
}
