//! A small bot that uses every kind of object, and an operator that has made it.

use crate::cluster::Cluster;
use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, Fault, Objects, Rule, Verb, condition};
use std::time::Duration;

/// Longer than any step of a reconciliation takes: what has written nothing for so long has nothing
/// more to write.
pub const QUIET: Duration = Duration::from_secs(3);

pub const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {}
---
apiVersion: v1
kind: Secret
metadata: {name: credentials}
stringData: {PASSWORD: swordfish}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: full}
spec:
  image: registry.example/full:1
  ipcConfig: main
  envSecret: {name: credentials}
  mountOperatorApiToken: true
  persistentVolumeClaim: {}
  moduleConfig: 'answer: 41'
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: plain}
spec: {image: 'registry.example/plain:1', ipcConfig: main}
";

/// The resources of [`BOT`] that have a condition Ready.
pub const RESOURCES: [(&str, &str); 3] =
    [("ipcconfigs", "main"), ("botmodules", "full"), ("botmodules", "plain")];

/// What the operator watches.
pub const WATCHED: [&str; 10] = [
    "botmodules",
    "configmaps",
    "deployments",
    "ipcconfigs",
    "persistentvolumeclaims",
    "poddisruptionbudgets",
    "pods",
    "replicasets",
    "secrets",
    "services",
];

/// Names of what [`BOT`] becomes.
pub const FULL: &str = "eevee-full-module";
pub const PLAIN: &str = "eevee-plain-module";
pub const FULL_CONFIG: &str = "eevee-full-module-config";

/// A namespace with [`BOT`] in it, and the operator that has made it and rests.
pub struct Scene {
    pub cluster: &'static Cluster,
    pub objects: Objects,
    pub edge: Edge,
    pub running: Running,
}

impl Scene {
    pub async fn settled(prefix: &str) -> Scene {
        let cluster = cluster();
        let objects = Objects::in_fresh_namespace(cluster, prefix).await;
        let edge = Edge::new();
        let running = Running::start(cluster, &objects, &edge).await;
        objects.apply(BOT).await;
        let scene = Scene { cluster, objects, edge, running };
        scene.settle().await;
        scene
    }

    /// Waits until all is ready and nothing is written any more.
    #[track_caller]
    pub fn settle(&self) -> impl Future<Output = ()> {
        let settled = self.edge.settled(QUIET, LONG);
        async move {
            all_ready(&self.objects).await;
            settled.await;
        }
    }
}

/// Waits until every resource of [`BOT`] is Ready in its present generation.
pub async fn all_ready(objects: &Objects) {
    for (resource, name) in RESOURCES {
        let is_ready = objects.wait(resource, name, LONG, |live| {
            let (live, ready) = (live?, condition(live?, "Ready")?);
            let is_current = ready["observedGeneration"] == live["metadata"]["generation"];
            (is_current && ready["status"] == "True").then_some(())
        });
        is_ready.await;
    }
}

/// Ends every watch once as one whose version is too old.
pub fn expire_watches(edge: &Edge) -> [Rule; WATCHED.len()] {
    WATCHED.map(|resource| {
        edge.rule(move |request| request.is(Verb::Watch, resource), Fault::Expire.times(1))
    })
}
