//! Kubernetes objects as the API server returns them, and how they are named.

use crate::kinds::{Index, Kind};
use crate::names;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// Which object: its kind, namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    pub kind: Kind,
    pub namespace: String,
    pub name: String,
}

impl ObjectRef {
    /// A reference to one object.
    pub fn new(kind: Kind, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind, namespace: namespace.into(), name: name.into() }
    }
}

/// `Deployment eevee-bot/eevee-echo-module`, as messages name objects.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
    }
}

/// One object, whole, as JSON.
///
/// Its Debug form is its name alone, so that the data of a Secret cannot reach a log.
#[derive(Clone, PartialEq)]
pub struct Object {
    reference: ObjectRef,
    value: Value,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({})", self.reference)
    }
}

/// What stands at a path of field names in a manifest. It is read far more often than a JSON pointer
/// could be taken apart.
pub fn at<'a>(manifest: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').skip(1).try_fold(manifest, |value, field| value.get(field))
}

/// The whole number at a path of field names in a manifest.
pub fn number(manifest: &Value, path: &str) -> Option<i64> {
    at(manifest, path)?.as_i64()
}

/// An entry of `metadata.ownerReferences`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    pub api_version: &'a str,
    pub kind: &'a str,
    pub name: &'a str,
    pub uid: &'a str,
    pub controller: bool,
}

impl<'a> Owner<'a> {
    /// None without an apiVersion, a kind or a name.
    fn read(owner: &'a Value) -> Option<Self> {
        Some(Self {
            api_version: owner.get("apiVersion")?.as_str()?,
            kind: owner.get("kind")?.as_str()?,
            name: owner.get("name")?.as_str()?,
            uid: owner.get("uid").and_then(Value::as_str).unwrap_or_default(),
            controller: owner.get("controller").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}

impl Object {
    /// Takes a manifest whose kind is one of [`Kind`] and that has a name. A namespace that it
    /// lacks is the given one. None for anything else.
    pub fn new(mut value: Value, default_namespace: &str) -> Option<Self> {
        let kind = Kind::of(value.get("apiVersion")?.as_str()?, value.get("kind")?.as_str()?)?;
        let metadata = value.get_mut("metadata")?.as_object_mut()?;
        let name = metadata.get("name")?.as_str()?.to_owned();
        let namespace = metadata
            .entry("namespace")
            .or_insert_with(|| Value::from(default_namespace))
            .as_str()?
            .to_owned();
        Some(Self { reference: ObjectRef { kind, namespace, name }, value })
    }

    /// Kind, namespace and name.
    pub fn reference(&self) -> &ObjectRef {
        &self.reference
    }

    /// The whole manifest.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The whole manifest, to be changed. Kind, namespace and name must stay.
    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.value
    }

    /// The whole manifest.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// What stands at a path of field names, such as `/spec/replicas`. Names with a slash, as
    /// annotations have them, are no part of a path.
    pub fn at(&self, path: &str) -> Option<&Value> {
        at(&self.value, path)
    }

    /// The text at a path of field names.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The text, number or truth value at a path of field names, as text.
    pub fn plain(&self, path: &str) -> Option<Cow<'_, str>> {
        match self.at(path)? {
            Value::String(text) => Some(text.into()),
            Value::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
            Value::Number(number) => Some(number.to_string().into()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The whole number at a path of field names.
    pub fn number(&self, path: &str) -> Option<i64> {
        number(&self.value, path)
    }

    /// What a BotModule is called in its bot.
    pub fn module_name(&self) -> &str {
        names::module::called(self.text(Index::MODULE_NAME.field()), &self.reference.name)
    }

    /// The name the API server tells objects of one name apart by.
    pub fn uid(&self) -> Option<&str> {
        self.text("/metadata/uid")
    }

    /// The version that preconditions speak of.
    pub fn resource_version(&self) -> Option<&str> {
        self.text("/metadata/resourceVersion")
    }

    /// Counts changes of the spec.
    pub fn generation(&self) -> Option<i64> {
        self.number("/metadata/generation")
    }

    /// Whether somebody has deleted the object and the cluster is still at it.
    pub fn is_being_deleted(&self) -> bool {
        self.at("/metadata/deletionTimestamp").is_some_and(|time| !time.is_null())
    }

    /// Whether a deletion leaves the object there until somebody is done with it.
    pub fn has_finalizers(&self) -> bool {
        let finalizers = self.at("/metadata/finalizers").and_then(Value::as_array);
        finalizers.is_some_and(|finalizers| !finalizers.is_empty())
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.at("/metadata/annotations")?.get(key)?.as_str()
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.at("/metadata/labels")?.get(key)?.as_str()
    }

    /// Every owner reference.
    pub fn owners(&self) -> impl Iterator<Item = Owner<'_>> {
        self.owner_references().filter_map(Owner::read)
    }

    /// The owner that manages the object, if there is one.
    pub fn controller(&self) -> Option<Owner<'_>> {
        self.owner_references().filter(|owner| owner["controller"] == true).find_map(Owner::read)
    }

    fn owner_references(&self) -> impl Iterator<Item = &Value> {
        self.at("/metadata/ownerReferences").and_then(Value::as_array).into_iter().flatten()
    }

    /// The uid that an object is looked up by: that of its controller, for kinds that are looked up so.
    pub fn lookup_uid(&self) -> Option<&str> {
        let kind = self.reference.kind;
        kind.is_owned().then(|| self.controller())?.map(|owner| owner.uid)
    }

    /// The bytes under a key of a Secret. None where the key is missing or is not base64.
    pub fn secret_value(&self, key: &str) -> Option<Vec<u8>> {
        use base64::Engine;
        let encoded = self.at("/data").and_then(|data| data.get(key)).and_then(Value::as_str);
        if let Some(encoded) = encoded {
            base64::engine::general_purpose::STANDARD.decode(encoded).ok()
        } else {
            let plain = self.at("/stringData")?.get(key)?.as_str()?;
            Some(plain.as_bytes().to_vec())
        }
    }
}
