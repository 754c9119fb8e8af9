//! From `openAPIV3Schema` to [`Node`].

use super::format::Format;
use super::metadata;
use super::node::{Additional, Checks, Expected, Limit, ListType, Node};
use super::pattern::Pattern;
use super::rule::Rule;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
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
    let mut schema = parse(open_api_v3)?;
    schema.x_kubernetes_embedded_resource = Some(true);
    let mut root = Place { path: String::new(), depth: 0 }.node(&schema)?;
    // The kind of a file without one is for its reader to miss.
    root.checks.required.retain(|field| field != "apiVersion" && field != "kind");
    Ok(root)
}

pub(super) fn parse(schema: &Value) -> Result<JSONSchemaProps, SchemaError> {
    serde_json::from_value(schema.clone())
        .map_err(|error| SchemaError { path: String::new(), problem: error.to_string() })
}

/// A place in the schema that is being compiled.
struct Place {
    path: String,
    depth: usize,
}

impl Place {
    fn node(&self, schema: &JSONSchemaProps) -> Result<Node, SchemaError> {
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("is nested more than {MAX_DEPTH} levels deep")));
        }
        let resource = schema.x_kubernetes_embedded_resource == Some(true);
        let mut node = Node {
            expected: self.expected(schema)?,
            nullable: schema.nullable == Some(true),
            preserve_unknown: schema.x_kubernetes_preserve_unknown_fields == Some(true),
            resource,
            default: schema.default.as_ref().map(|default| default.0.clone()),
            list: self.list_type(schema)?,
            ..Node::default()
        };
        self.children(schema, &mut node)?;
        node.checks = self.checks(schema, node.expected)?;
        if resource {
            self.type_and_object_meta(schema, &mut node)?;
        }
        for rule in schema.x_kubernetes_validations.iter().flatten() {
            let rule = Rule::compile(rule, &node).map_err(|problem| self.error(problem))?;
            node.rules.push(rule);
        }
        node.has_rules = has_rules(&node);
        Ok(node)
    }

    fn children(&self, schema: &JSONSchemaProps, node: &mut Node) -> Result<(), SchemaError> {
        for (name, child) in schema.properties.iter().flatten() {
            node.properties.insert(name.clone(), self.below(name).node(child)?);
        }
        node.additional = match &schema.additional_properties {
            None | Some(JSONSchemaPropsOrBool::Bool(false)) => Additional::None,
            Some(JSONSchemaPropsOrBool::Bool(true)) => Additional::Anything,
            Some(JSONSchemaPropsOrBool::Schema(child)) => {
                Additional::Judged(Box::new(self.below("*").node(child)?))
            }
        };
        node.items = match &schema.items {
            None => None,
            Some(JSONSchemaPropsOrArray::Schema(child)) => {
                Some(Box::new(self.below("[]").node(child)?))
            }
            Some(JSONSchemaPropsOrArray::Schemas(_)) => {
                return Err(self.error("items must be one schema, not a list of them"));
            }
        };
        Ok(())
    }

    /// The API server gives every resource these fields, whatever its schema says.
    fn type_and_object_meta(
        &self,
        schema: &JSONSchemaProps,
        node: &mut Node,
    ) -> Result<(), SchemaError> {
        let own = schema.properties.as_ref().and_then(|fields| fields.get("metadata"));
        let mut meta = self.below("metadata").node(&parse(&metadata::open_api())?)?;
        if let Some(own) = own {
            meta.checks.all_of.push(self.below("metadata").node(own)?);
        }
        node.properties.insert("metadata".to_owned(), meta);
        for field in ["apiVersion", "kind"] {
            let text = Node {
                expected: Expected::String,
                checks: Checks { min_length: Some(1), ..Checks::default() },
                ..Node::default()
            };
            node.properties.entry(field.to_owned()).or_insert(text);
            node.checks.required.push(field.to_owned());
        }
        Ok(())
    }

    fn expected(&self, schema: &JSONSchemaProps) -> Result<Expected, SchemaError> {
        if schema.x_kubernetes_int_or_string == Some(true) {
            return Ok(Expected::IntOrString);
        }
        match schema.type_.as_deref() {
            None | Some("") => Ok(Expected::Anything),
            Some("object") => Ok(Expected::Object),
            Some("array") => Ok(Expected::Array),
            Some("string") => Ok(Expected::String),
            Some("integer") => Ok(Expected::Integer),
            Some("number") => Ok(Expected::Number),
            Some("boolean") => Ok(Expected::Boolean),
            Some(other) => Err(self.error(format!("type {other:?} does not exist"))),
        }
    }

    fn list_type(&self, schema: &JSONSchemaProps) -> Result<ListType, SchemaError> {
        match schema.x_kubernetes_list_type.as_deref() {
            None | Some("atomic") => Ok(ListType::Atomic),
            Some("set") => Ok(ListType::Set),
            Some("map") => {
                Ok(ListType::Map(schema.x_kubernetes_list_map_keys.clone().unwrap_or_default()))
            }
            Some(other) => {
                Err(self.error(format!("x-kubernetes-list-type {other:?} does not exist")))
            }
        }
    }

    fn checks(&self, schema: &JSONSchemaProps, expected: Expected) -> Result<Checks, SchemaError> {
        Ok(Checks {
            format: self.format(schema, expected)?,
            int32: expected == Expected::Integer && schema.format.as_deref() == Some("int32"),
            allowed: schema.enum_.iter().flatten().map(|allowed| allowed.0.clone()).collect(),
            required: schema.required.clone().unwrap_or_default(),
            minimum: limit(schema.minimum, schema.exclusive_minimum),
            maximum: limit(schema.maximum, schema.exclusive_maximum),
            multiple_of: schema.multiple_of,
            min_length: schema.min_length,
            max_length: schema.max_length,
            pattern: self.pattern(schema)?,
            min_items: schema.min_items,
            max_items: schema.max_items,
            unique_items: schema.unique_items == Some(true),
            min_properties: schema.min_properties,
            max_properties: schema.max_properties,
            all_of: self.branches(schema.all_of.as_deref())?,
            any_of: self.branches(schema.any_of.as_deref())?,
            one_of: self.branches(schema.one_of.as_deref())?,
            not: schema.not.as_ref().map(|not| self.branch().node(not)).transpose()?.map(Box::new),
        })
    }

    fn format(
        &self,
        schema: &JSONSchemaProps,
        expected: Expected,
    ) -> Result<Option<Format>, SchemaError> {
        match (expected, schema.format.as_deref()) {
            (Expected::String | Expected::Anything | Expected::IntOrString, Some(name)) => {
                Format::compile(name).map_err(|problem| self.error(problem))
            }
            _ => Ok(None),
        }
    }

    fn pattern(&self, schema: &JSONSchemaProps) -> Result<Option<Pattern>, SchemaError> {
        // An empty pattern is no pattern to the API server.
        let pattern = schema.pattern.as_deref().filter(|pattern| !pattern.is_empty());
        pattern.map(Pattern::compile).transpose().map_err(|problem| self.error(problem))
    }

    fn branches(&self, schemas: Option<&[JSONSchemaProps]>) -> Result<Vec<Node>, SchemaError> {
        schemas.unwrap_or_default().iter().map(|schema| self.branch().node(schema)).collect()
    }

    fn branch(&self) -> Self {
        Self { path: self.path.clone(), depth: self.depth + 1 }
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

fn limit(number: Option<f64>, exclusive: Option<bool>) -> Option<Limit> {
    number.map(|number| Limit { number, exclusive: exclusive == Some(true) })
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
        || node.checks.all_of.iter().any(|branch| branch.has_rules)
}
