//! How the kinds are called in URLs, and the objects that the client fetches.

use super::skim::{Kept, Skim};
use crate::kinds::{Keeps, Kind, Part};
use crate::object::Object;
use crate::snapshot::ServedKinds;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ApiResource;
use kube::core::DynamicResourceScope;
use kube::{Api, Client, Resource};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

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
pub fn api_of<R: Projection>(
    client: &Client,
    kind: Kind,
    namespace: Option<&str>,
) -> Api<Fetched<R>> {
    let (client, resource) = (client.clone(), resource(kind));
    match namespace {
        Some(namespace) => Api::namespaced_with(client, namespace, &resource),
        None => Api::all_with(client, &resource),
    }
}

/// An answer as an object of a kind. The items of a list come without their kind.
pub fn object(mut value: Value, kind: Kind, served: &ServedKinds) -> Option<Object> {
    let fields = value.as_object_mut()?;
    fields.entry("apiVersion").or_insert_with(|| kind.api_version().into());
    fields.entry("kind").or_insert_with(|| served.name(kind).into());
    Object::new(value, "").filter(|object| object.reference().kind == kind)
}

/// What is read of an object that the API server sends.
pub trait Projection: 'static {
    /// The parts that are read of a kind; none for all of it.
    fn parts(kind: Kind) -> &'static [Part];
}

/// All of it.
pub struct Whole;

impl Projection for Whole {
    fn parts(_: Kind) -> &'static [Part] {
        &[]
    }
}

/// What is kept in any case: watches tell of pods more often than of all else, and little is kept of one.
pub struct ForCache;

impl Projection for ForCache {
    fn parts(kind: Kind) -> &'static [Part] {
        match kind.keeps() {
            Keeps::Parts(parts) => parts,
            Keeps::Whole | Keeps::WithoutStatus => &[],
        }
    }
}

/// An object of any kind as the API server sent it.
///
/// Its Debug form is its name alone, so that the data of a Secret cannot reach a log.
pub struct Fetched<R = Whole> {
    metadata: ObjectMeta,
    value: Value,
    reading: PhantomData<fn() -> R>,
}

impl<R> Fetched<R> {
    pub fn into_object(self, kind: Kind, served: &ServedKinds) -> Option<Object> {
        object(self.value, kind, served)
    }
}

impl<R> Clone for Fetched<R> {
    fn clone(&self) -> Self {
        Self { metadata: self.metadata.clone(), value: self.value.clone(), reading: PhantomData }
    }
}

impl<R> fmt::Debug for Fetched<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        write!(f, "{}/{}", text(&self.metadata.namespace), text(&self.metadata.name))
    }
}

impl<'de, R: Projection> Deserialize<'de> for Fetched<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_map(ObjectVisitor::<R>(PhantomData))?;
        let text = |field: &str| value.pointer(field).and_then(Value::as_str).map(str::to_owned);
        // What a watch needs to go on, and a log to name the object.
        let metadata = ObjectMeta {
            name: text("/metadata/name"),
            namespace: text("/metadata/namespace"),
            resource_version: text("/metadata/resourceVersion"),
            ..ObjectMeta::default()
        };
        Ok(Self { metadata, value, reading: PhantomData })
    }
}

/// Reads an object. Its kind comes first, and says what else is read.
struct ObjectVisitor<R>(PhantomData<R>);

impl<'de, R: Projection> Visitor<'de> for ObjectVisitor<R> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        let mut kept = Kept::new(&[]);
        while let Some(name) = fields.next_key::<String>()? {
            let is_kind = matches!(name.as_str(), "apiVersion" | "kind");
            Skim(kept).take(name, &mut fields, &mut read)?;
            if is_kind && let Some(kind) = kind_of(&read) {
                kept = Kept::new(R::parts(kind));
            }
        }
        Ok(Value::Object(read))
    }
}

fn kind_of(fields: &Map<String, Value>) -> Option<Kind> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    Kind::of(text("apiVersion")?, text("kind")?)
}

impl<R: Projection> Resource for Fetched<R> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::MODULE_LABEL;
    use crate::trim::trim;
    use serde_json::json;

    fn read<R: Projection>(object: &Value) -> Value {
        let fetched: Fetched<R> = serde_json::from_str(&object.to_string()).expect("an object");
        fetched.value
    }

    fn samples() -> [Value; 5] {
        let metadata = json!({ "name": "a", "namespace": "b", "uid": "c", "resourceVersion": "5",
            "annotations": { "d": "e", "deployment.kubernetes.io/revision": "3" }, "labels": { "f": "g", MODULE_LABEL: "j" },
            "ownerReferences": [{ "uid": "k", "controller": true, "blockOwnerDeletion": true }],
            "managedFields": [{ "manager": "kubelet" }] });
        let object = |api_version: &str, kind: &str, rest: Value| {
            let mut object =
                json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata });
            object
                .as_object_mut()
                .expect("a map")
                .extend(rest.as_object().cloned().expect("a map"));
            object
        };
        let statuses = json!([{ "name": "h", "imageID": "i", "state": { "running": {} } }]);
        [
            object(
                "v1",
                "Pod",
                json!({ "spec": { "containers": [{ "name": "h" }] },
                "status": { "podIP": "10.0.0.1", "phase": "Running", "containerStatuses": statuses } }),
            ),
            object(
                "apps/v1",
                "ReplicaSet",
                json!({ "spec": { "replicas": 1 }, "status": { "replicas": 1,
                "conditions": [{ "type": "ReplicaFailure" }, { "type": "Other" }] } }),
            ),
            object(
                "batch/v1",
                "Job",
                json!({ "spec": { "template": {}, "podFailurePolicy": { "rules": [] } },
                "status": { "failed": 1, "ready": 0 } }),
            ),
            object(
                "apps/v1",
                "Deployment",
                json!({ "spec": { "replicas": 1 }, "status": { "replicas": 1, "terminatingReplicas": 0,
                "conditions": [{ "type": "Available", "lastUpdateTime": "l" }] } }),
            ),
            object("v1", "ConfigMap", json!({ "data": { "m": "n" } })),
        ]
    }

    #[test]
    fn what_is_passed_over_would_be_taken_off() {
        for sample in samples() {
            let kind = kind_of(sample.as_object().expect("a map")).expect("a kind");
            let trimmed = |mut object: Value| {
                trim(&mut object, kind);
                object
            };
            let read = read::<ForCache>(&sample);
            assert_eq!(trimmed(read.clone()), trimmed(sample.clone()), "{kind}");
            let is_smaller = read.to_string().len() < sample.to_string().len();
            assert_eq!(is_smaller, kind != Kind::ConfigMap, "{kind}");
        }
    }

    #[test]
    fn elsewhere_all_is_read() {
        for sample in samples() {
            assert_eq!(read::<Whole>(&sample), sample);
        }
    }
}
