//! The cluster that a side begins on.

use crate::bot::bot;
use crate::cluster::{Casing, Cluster, Disk};
use crate::support::Objects;
use eevee_operator::crd::BotModule;
use futures::StreamExt;
use k8s_openapi::api::apps::v1::Deployment;
use kube::core::NamespaceResourceScope;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::pin::pin;
use std::time::Instant;

pub struct Scene {
    pub cluster: Cluster,
    pub objects: Objects,
    pub modules: usize,
}

impl Scene {
    /// A fresh cluster with the custom resources of a bot.
    pub async fn with_bot(modules: usize) -> Scene {
        let mut scene = Self::empty().await;
        scene.add_bot(modules).await;
        scene
    }

    /// A fresh cluster.
    pub async fn empty() -> Scene {
        let cluster = Cluster::fake_nodes_on(Disk::Flushed);
        cluster.install_crds(Casing::Camel);
        let objects = Objects::in_fresh_namespace(&cluster, "bot").await;
        Scene { cluster, objects, modules: 0 }
    }

    /// Adds the custom resources of a bot.
    pub async fn add_bot(&mut self, modules: usize) {
        self.objects.apply(&bot(modules)).await;
        self.modules = modules;
    }

    pub fn namespace(&self) -> &str {
        self.objects.namespace()
    }

    /// The custom resources as the API server keeps them.
    pub async fn resources(&self) -> Vec<Value> {
        let mut resources = self.objects.list("ipcconfigs").await;
        resources.extend(self.objects.list("botmodules").await);
        resources
    }

    /// Waits until the Deployments of all modules and of NATS are available, and tells when that was seen.
    pub async fn available(&self) -> Instant {
        self.count(self.modules + 1, is_available).await
    }

    /// Waits until all modules are Ready, and tells when that was seen.
    pub async fn ready(&self) -> Instant {
        self.count(self.modules, is_ready).await
    }

    /// Waits until so many objects of a kind are as they should be. A watch costs the cluster less than looking.
    async fn count<K>(&self, wanted: usize, is_good: fn(&K) -> bool) -> Instant
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + DeserializeOwned
            + Clone
            + Debug
            + Send
            + 'static,
    {
        let api: Api<K> = Api::namespaced(self.objects.client().clone(), self.namespace());
        let events = watcher(api, watcher::Config::default()).default_backoff();
        let mut events = pin!(events.applied_objects());
        let mut good = BTreeSet::new();
        while good.len() < wanted {
            let object = events.next().await.expect("a watch has no end");
            // An error is followed by another attempt.
            let Ok(object) = object else { continue };
            if is_good(&object) {
                good.insert(object.name_any());
            } else {
                good.remove(&object.name_any());
            }
        }
        Instant::now()
    }
}

fn is_ready(module: &BotModule) -> bool {
    let mut conditions = module.status.iter().flat_map(|status| &status.conditions);
    conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn is_available(deployment: &Deployment) -> bool {
    let wanted = deployment.spec.as_ref().and_then(|spec| spec.replicas);
    let status = deployment.status.as_ref();
    status.is_some_and(|status| {
        status.observed_generation == deployment.metadata.generation
            && status.updated_replicas == wanted
            && status.available_replicas == wanted
    })
}
