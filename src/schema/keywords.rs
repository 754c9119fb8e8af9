//! The keywords that the CRDs use, and no other: what nobody checks must not seem to be checked.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;

/// One place in a schema, as it is written.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Keywords {
    #[serde(rename = "description")]
    _description: IgnoredAny,
    #[serde(rename = "type")]
    pub(super) expected: Option<Expected>,
    #[serde(rename = "x-kubernetes-int-or-string")]
    pub(super) int_or_string: bool,
    pub(super) default: Option<Value>,
    pub(super) properties: BTreeMap<String, Value>,
    pub(super) required: Vec<String>,
    pub(super) max_properties: Option<usize>,
    /// A schema, or `true` where anything may stand.
    pub(super) additional_properties: Option<Value>,
    pub(super) items: Option<Value>,
    pub(super) max_items: Option<usize>,
    #[serde(rename = "x-kubernetes-list-type")]
    pub(super) list_type: Option<ListType>,
    #[serde(rename = "x-kubernetes-list-map-keys")]
    pub(super) list_map_keys: Vec<String>,
    pub(super) format: Option<FormatKeyword>,
    #[serde(rename = "enum")]
    pub(super) allowed: Vec<String>,
    pub(super) minimum: Option<i64>,
    pub(super) maximum: Option<i64>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<String>,
    #[serde(rename = "x-kubernetes-validations")]
    pub(super) rules: Vec<Validation>,
}

/// `type`, the JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Expected {
    Object,
    Array,
    String,
    Integer,
    Boolean,
    /// `x-kubernetes-int-or-string`, in place of a type.
    #[serde(skip)]
    IntOrString,
}

/// `format`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FormatKeyword {
    Int32,
    /// Holds whatever counts as an integer.
    Int64,
    DateTime,
}

/// `x-kubernetes-list-type`
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ListType {
    Atomic,
    Map,
}

/// One entry of `x-kubernetes-validations`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Validation {
    pub(super) rule: String,
    pub(super) message: String,
    #[serde(default)]
    pub(super) optional_old_self: bool,
}

impl Expected {
    /// As the API server names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::IntOrString => "integer,string",
        }
    }
}
