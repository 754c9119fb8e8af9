//! What a test does and sees in a namespace of its own, as JSON and through a client that no fault befalls.

use super::edge::config;
use super::manifests::{collection, is_cluster_scoped, path_of};
use super::reading::{condition, is_ready};
use super::shared::documents;
use crate::cluster::Cluster;
use futures::StreamExt;
use http::{Method, Request};
use kube::core::WatchEvent;
use kube::{Client, Error};
use serde_json::{Value, json};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Between two attempts at a cluster that does not answer.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone)]
pub struct Objects {
    client: Client,
    namespace: String,
}

impl Objects {
    /// Makes a namespace whose name begins so.
    pub async fn in_fresh_namespace(cluster: &Cluster, prefix: &str) -> Objects {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let namespace = format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let objects = Self::within(cluster, &namespace).await;
        let manifest =
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
        objects.apply_value(manifest).await;
        objects
    }

    /// Works in a namespace, there or not.
    pub async fn within(cluster: &Cluster, namespace: &str) -> Objects {
        let client = Client::try_from(config(cluster).await);
        let client = client.unwrap_or_else(|e| panic!("cannot make a client: {e}"));
        Objects { client, namespace: namespace.to_owned() }
    }

    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Applies the documents of a YAML text by server-side apply as field manager `test`. Those without a namespace
    /// go into this one.
    pub async fn apply(&self, text: &str) {
        for document in documents(text) {
            self.apply_value(document).await;
        }
    }

    /// Gives the object as the API server keeps it.
    pub async fn apply_value(&self, object: Value) -> Value {
        let object = self.placed(object);
        let path = path_of(&object);
        let uri = format!("{path}?fieldManager=test&force=true");
        let applied = self.send(Method::PATCH, &uri, "application/apply-patch+yaml", &object).await;
        applied.unwrap_or_else(|e| panic!("cannot apply {path}: {e}"))
    }

    pub async fn create(&self, object: Value) -> Value {
        let object = self.placed(object);
        let path = path_of(&object);
        let (uri, _name) = path.rsplit_once('/').unwrap_or_default();
        let created = self.send(Method::POST, uri, "application/json", &object).await;
        created.unwrap_or_else(|e| panic!("cannot create {path}: {e}"))
    }

    /// JSON merge patch.
    pub async fn patch(&self, resource: &str, name: &str, patch: Value) -> Value {
        let uri = self.path(resource, name);
        let patched = self.send(Method::PATCH, &uri, "application/merge-patch+json", &patch).await;
        patched.unwrap_or_else(|e| panic!("cannot patch {uri}: {e}"))
    }

    /// The same on the status, as a controller does.
    pub async fn patch_status(&self, resource: &str, name: &str, status: Value) -> Value {
        let patch = json!({ "status": status });
        self.patch(resource, &format!("{name}/status"), patch).await
    }

    /// Server-side apply of a status by a field manager, not forced.
    pub async fn apply_status(&self, (resource, name): (&str, &str), status: Value, manager: &str) {
        let live = self.existing(resource, name).await;
        let object = json!({
            "apiVersion": live["apiVersion"],
            "kind": live["kind"],
            "metadata": { "name": name },
            "status": status,
        });
        let uri = format!("{}/status?fieldManager={manager}", self.path(resource, name));
        let applied = self.send(Method::PATCH, &uri, "application/apply-patch+yaml", &object).await;
        applied.unwrap_or_else(|e| panic!("cannot apply {uri}: {e}"));
    }

    /// In the background. It is no mistake if it is gone already.
    pub async fn delete(&self, resource: &str, name: &str) {
        let uri = self.path(resource, name);
        match self.send(Method::DELETE, &uri, "application/json", &json!({})).await {
            Ok(_) => {}
            Err(Error::Api(status)) if status.code == 404 => {}
            Err(e) => panic!("cannot delete {uri}: {e}"),
        }
    }

    pub async fn get(&self, resource: &str, name: &str) -> Option<Value> {
        let uri = self.path(resource, name);
        match self.read(&uri).await {
            Ok(object) => Some(object),
            Err(Error::Api(status)) if status.code == 404 => None,
            Err(e) => panic!("cannot get {uri}: {e}"),
        }
    }

    /// The object, which has to be there.
    pub async fn existing(&self, resource: &str, name: &str) -> Value {
        let live = self.get(resource, name).await;
        live.unwrap_or_else(|| panic!("{resource} {name} is not there"))
    }

    /// All objects of a resource in the namespace, sorted by name.
    pub async fn list(&self, resource: &str) -> Vec<Value> {
        let uri = collection(resource, &self.namespace);
        let mut list = self.read(&uri).await.unwrap_or_else(|e| panic!("cannot list {uri}: {e}"));
        match list["items"].take() {
            Value::Array(items) => items,
            other => panic!("{uri} has no items but {other}"),
        }
    }

    /// The names of all objects of a resource in the namespace, sorted.
    pub async fn names(&self, resource: &str) -> Vec<String> {
        let name =
            |object: &Value| object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        self.list(resource).await.iter().map(name).collect()
    }

    /// Waits for the first value that `probe` makes of the object, which is None while it is not there. It is called
    /// for every state that the API server tells of. An outage does not end the waiting.
    #[track_caller]
    pub fn wait<T>(
        &self,
        resource: &str,
        name: &str,
        limit: Duration,
        mut probe: impl FnMut(Option<&Value>) -> Option<T>,
    ) -> impl Future<Output = T> {
        let caller = std::panic::Location::caller();
        async move {
            let mut last = None;
            let seen = |object: Option<&Value>| {
                last = object.cloned();
                probe(object)
            };
            let found = timeout(limit, self.follow(resource, name, seen)).await;
            found.unwrap_or_else(|_| {
                let last = last.map_or("not there".to_owned(), |last| brief(last).to_string());
                panic!("{caller}: {resource} {name} not as wanted within {limit:?}. It is: {last}")
            })
        }
    }

    /// Waits for a condition with this status and reason, and gives the object.
    #[track_caller]
    pub fn wait_for_condition(
        &self,
        (resource, name): (&str, &str),
        kind: &str,
        (status, reason): (&str, &str),
        limit: Duration,
    ) -> impl Future<Output = Value> {
        self.wait(resource, name, limit, move |object| {
            let found = condition(object?, kind)?;
            (found["status"] == status && found["reason"] == reason).then(|| object.cloned())?
        })
    }

    /// Waits until a resource is Ready for this reason, as its spec says now.
    #[track_caller]
    pub fn ready(
        &self,
        (resource, name): (&str, &str),
        reason: &str,
        limit: Duration,
    ) -> impl Future<Output = Value> {
        self.wait(resource, name, limit, move |live| {
            live.filter(|live| is_ready(live, reason)).cloned()
        })
    }

    #[track_caller]
    pub fn wait_until_there(
        &self,
        resource: &str,
        name: &str,
        limit: Duration,
    ) -> impl Future<Output = Value> {
        self.wait(resource, name, limit, |object| Some(object?.clone()))
    }

    #[track_caller]
    pub fn wait_until_gone(
        &self,
        resource: &str,
        name: &str,
        limit: Duration,
    ) -> impl Future<Output = ()> {
        self.wait(resource, name, limit, |object| object.is_none().then_some(()))
    }

    /// Lists, then watches, and begins again whenever the watch ends.
    async fn follow<T>(
        &self,
        resource: &str,
        name: &str,
        mut probe: impl FnMut(Option<&Value>) -> Option<T>,
    ) -> T {
        let base = format!(
            "{}?fieldSelector=metadata.name%3D{name}",
            collection(resource, &self.namespace)
        );
        loop {
            let Ok(list) = self.read(&base).await else {
                sleep(PAUSE).await;
                continue;
            };
            if let Some(value) = probe(list.pointer("/items/0")) {
                return value;
            }
            let version = list["metadata"]["resourceVersion"].as_str().unwrap_or_default();
            let uri = format!("{base}&watch=true&resourceVersion={version}");
            if let Some(value) = self.watch(&uri, &mut probe).await {
                return value;
            }
            sleep(PAUSE).await;
        }
    }

    async fn watch<T>(
        &self,
        uri: &str,
        mut probe: impl FnMut(Option<&Value>) -> Option<T>,
    ) -> Option<T> {
        let request = Request::get(uri).body(Vec::new()).expect("a request");
        let events = self.client.request_events::<Value>(request).await.ok()?;
        let mut events = pin!(events);
        while let Some(Ok(event)) = events.next().await {
            let found = match event {
                WatchEvent::Added(object) | WatchEvent::Modified(object) => probe(Some(&object)),
                WatchEvent::Deleted(_) => probe(None),
                WatchEvent::Bookmark(_) => None,
                WatchEvent::Error(_) => return None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn path(&self, resource: &str, name: &str) -> String {
        format!("{}/{name}", collection(resource, &self.namespace))
    }

    fn placed(&self, mut object: Value) -> Value {
        let kind = object["kind"].as_str().unwrap_or_default();
        if !is_cluster_scoped(kind) && object["metadata"]["namespace"].is_null() {
            object["metadata"]["namespace"] = self.namespace.clone().into();
        }
        object
    }

    async fn read(&self, uri: &str) -> Result<Value, Error> {
        self.client.request(Request::get(uri).body(Vec::new()).expect("a request")).await
    }

    async fn send(
        &self,
        method: Method,
        uri: &str,
        content: &str,
        body: &Value,
    ) -> Result<Value, Error> {
        let request = Request::builder().method(method).uri(uri).header("Content-Type", content);
        let request = request.body(body.to_string().into_bytes()).expect("a request");
        self.client.request(request).await
    }
}

/// Without what nobody reads in a message.
fn brief(mut object: Value) -> Value {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
    if object["kind"] == "Secret" {
        object["data"] = "…".into();
    }
    object
}
