//! How the kinds are called in URLs, and the objects that the client fetches.

use crate::kinds::Kind;
use crate::object::Object;
use crate::snapshot::ServedKinds;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ApiResource;
use kube::core::DynamicResourceScope;
use kube::{Api, Client, Resource};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// What the client must know of a kind to make a URL.
pub fn resource(kind: Kind) -> ApiResource {
    let api_version = kind.api_version();
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    ApiResource {
        group: group.to_owned(),
        version: version.to_owned(),
        api_version: api_version.to_owned(),
        kind: kind.name().to_owned(),
        plural: kind.plural().to_owned(),
    }
}

/// The objects of a kind in one namespace.
pub fn api(client: &Client, kind: Kind, namespace: &str) -> Api<Fetched> {
    Api::namespaced_with(client.clone(), namespace, &resource(kind))
}

/// The objects of a kind in one namespace, or in all.
pub fn api_of(client: &Client, kind: Kind, namespace: Option<&str>) -> Api<Fetched> {
    match namespace {
        Some(namespace) => api(client, kind, namespace),
        None => Api::all_with(client.clone(), &resource(kind)),
    }
}

/// An object of any kind as the API server sent it.
///
/// Its Debug form is its name alone, so that the data of a Secret cannot reach a log.
#[derive(Clone)]
pub struct Fetched {
    metadata: ObjectMeta,
    value: Value,
}

impl Fetched {
    /// The object. The items of a list come without their kind.
    pub fn into_object(self, kind: Kind, served: &ServedKinds) -> Option<Object> {
        let mut value = self.value;
        let fields = value.as_object_mut()?;
        fields.entry("apiVersion").or_insert_with(|| kind.api_version().into());
        fields.entry("kind").or_insert_with(|| served.name(kind).into());
        Object::new(value, "").filter(|object| object.reference().kind == kind)
    }
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        write!(f, "{}/{}", text(&self.metadata.namespace), text(&self.metadata.name))
    }
}

impl<'de> Deserialize<'de> for Fetched {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = |field: &str| value.pointer(field).and_then(Value::as_str).map(str::to_owned);
        // What a watch needs to go on, and a log to name the object.
        let metadata = ObjectMeta {
            name: text("/metadata/name"),
            namespace: text("/metadata/namespace"),
            resource_version: text("/metadata/resourceVersion"),
            ..ObjectMeta::default()
        };
        Ok(Self { metadata, value })
    }
}

impl Resource for Fetched {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }
    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }
    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }
    fn api_version(resource: &ApiResource) -> Cow<'_, str> {
        resource.api_version.as_str().into()
    }
    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }
    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
