//! Kubernetes objects as the API server returns them, and how they are named.

use serde_json::Value;
use std::fmt;

/// The kinds that the operator reads or writes. The order is the order of printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    BotModule,
    IpcConfig,
    S3Store,
    BackupSchedule,
    BackupRestore,
    Secret,
    PersistentVolumeClaim,
    ConfigMap,
    Service,
    Deployment,
    PodDisruptionBudget,
    ReplicaSet,
    Pod,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 13] = [
        Self::BotModule,
        Self::IpcConfig,
        Self::S3Store,
        Self::BackupSchedule,
        Self::BackupRestore,
        Self::Secret,
        Self::PersistentVolumeClaim,
        Self::ConfigMap,
        Self::Service,
        Self::Deployment,
        Self::PodDisruptionBudget,
        Self::ReplicaSet,
        Self::Pod,
    ];

    /// The `kind` of a manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::BotModule => "BotModule",
            Self::IpcConfig => "IpcConfig",
            Self::S3Store => "S3Store",
            Self::BackupSchedule => "BackupSchedule",
            Self::BackupRestore => "BackupRestore",
            Self::Secret => "Secret",
            Self::PersistentVolumeClaim => "PersistentVolumeClaim",
            Self::ConfigMap => "ConfigMap",
            Self::Service => "Service",
            Self::Deployment => "Deployment",
            Self::PodDisruptionBudget => "PodDisruptionBudget",
            Self::ReplicaSet => "ReplicaSet",
            Self::Pod => "Pod",
        }
    }

    /// The `apiVersion` of a manifest.
    pub fn api_version(self) -> &'static str {
        match self {
            Self::BotModule
            | Self::IpcConfig
            | Self::S3Store
            | Self::BackupSchedule
            | Self::BackupRestore => crate::crd::API_VERSION,
            Self::Secret
            | Self::PersistentVolumeClaim
            | Self::ConfigMap
            | Self::Service
            | Self::Pod => "v1",
            Self::Deployment | Self::ReplicaSet => "apps/v1",
            Self::PodDisruptionBudget => "policy/v1",
        }
    }

    /// Whether this is a custom resource of the operator's own group.
    pub fn is_custom(self) -> bool {
        self.api_version() == crate::crd::API_VERSION
    }

    /// The kind that a manifest's `apiVersion` and `kind` name, if it is one of these. The kinds
    /// of custom resources are known in any casing: CRDs up to 2.4.3 are served in lowercase.
    pub fn of(api_version: &str, kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|candidate| {
            candidate.api_version() == api_version
                && (candidate.name() == kind
                    || candidate.is_custom() && candidate.name().eq_ignore_ascii_case(kind))
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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

/// An entry of `metadata.ownerReferences`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    pub api_version: &'a str,
    pub kind: &'a str,
    pub name: &'a str,
    pub uid: &'a str,
    pub controller: bool,
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
        path.split('/').skip(1).try_fold(&self.value, |value, field| value.get(field))
    }

    /// The text at a path of field names.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The whole number at a path of field names.
    pub fn number(&self, path: &str) -> Option<i64> {
        self.at(path)?.as_i64()
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
        self.at("/metadata/ownerReferences")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|owner| {
                Some(Owner {
                    api_version: owner.get("apiVersion")?.as_str()?,
                    kind: owner.get("kind")?.as_str()?,
                    name: owner.get("name")?.as_str()?,
                    uid: owner.get("uid").and_then(Value::as_str).unwrap_or_default(),
                    controller: owner.get("controller").and_then(Value::as_bool).unwrap_or(false),
                })
            })
    }

    /// The owner that manages the object, if there is one.
    pub fn controller(&self) -> Option<Owner<'_>> {
        self.owners().find(|owner| owner.controller)
    }

    /// The uid that an object is looked up by: that of its controller, where the cluster's own
    /// controllers made it. Nothing else is looked up by its owner.
    pub fn lookup_uid(&self) -> Option<&str> {
        match self.reference.kind {
            Kind::ReplicaSet | Kind::Pod => self.controller().map(|owner| owner.uid),
            Kind::BotModule
            | Kind::IpcConfig
            | Kind::S3Store
            | Kind::BackupSchedule
            | Kind::BackupRestore
            | Kind::Secret
            | Kind::PersistentVolumeClaim
            | Kind::ConfigMap
            | Kind::Service
            | Kind::Deployment
            | Kind::PodDisruptionBudget => None,
        }
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
