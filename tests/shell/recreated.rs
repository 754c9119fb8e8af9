//! A resource that is deleted and made again under its name while the operator is down.

use crate::cluster::{Casing, Cluster, shared};
use crate::operator::{LONG, cluster};
use crate::scene::{Scene, uid};
use serde_json::Value;
use std::sync::LazyLock;

const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec:
  image: example/echo:1
  ipcConfig: main
  moduleConfig: 'a: 1'
  persistentVolumeClaim: {}
";

const OWNED: [(&str, &str, &str); 5] = [
    ("botmodules/echo", "deployments", "eevee-echo-module"),
    ("botmodules/echo", "configmaps", "eevee-echo-module-config"),
    ("ipcconfigs/main", "deployments", "eevee-main-nats"),
    ("ipcconfigs/main", "services", "eevee-main-nats"),
    ("ipcconfigs/main", "secrets", "eevee-main-nats-config"),
];

const KEPT: [(&str, &str); 2] =
    [("persistentvolumeclaims", "eevee-echo-module-pvc"), ("secrets", "eevee-main-nats-token")];

/// Nothing collects the children of the former owner there.
fn without_collector() -> &'static Cluster {
    static CLUSTER: LazyLock<&'static Cluster> = LazyLock::new(|| {
        shared().install_crds(Casing::Camel);
        shared()
    });
    &CLUSTER
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_children_belong_to_the_new_one_where_they_were_left_behind() {
    recreate(without_collector()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_children_belong_to_the_new_one_where_the_former_ones_are_collected() {
    let mut scene = recreate(cluster()).await;
    scene.start().await;
    scene.nats_is_ready("main").await;
    scene.module_is_ready("echo").await;
    children_belong_to_their_owners(&scene).await;
    scene.stop().await;
}

async fn recreate(cluster: &'static Cluster) -> Scene<'static> {
    let mut scene = Scene::new((cluster, Casing::Camel), "recreated").await;
    scene.start().await;
    scene.apply(BOT).await;
    children_belong_to_their_owners(&scene).await;
    let mut kept = Vec::new();
    for (resource, name) in KEPT {
        let is_there = |live: Option<&Value>| Some(live?.clone());
        kept.push(scene.objects.wait(resource, name, LONG, is_there).await);
    }
    scene.stop().await;
    scene.objects.delete("botmodules", "echo").await;
    scene.objects.delete("ipcconfigs", "main").await;
    scene.apply(BOT).await;
    scene.start().await;
    children_belong_to_their_owners(&scene).await;
    for ((resource, name), before) in KEPT.into_iter().zip(kept) {
        let after = scene.objects.get(resource, name).await.expect("what outlives its resource");
        assert_eq!(uid(&after), uid(&before), "{name}");
        assert_eq!(after["spec"], before["spec"], "{name}");
        assert!(after["data"] == before["data"], "the data of {name} changed");
    }
    scene.stop().await;
    scene
}

/// Waits until each child names its owner, and no other, by uid.
async fn children_belong_to_their_owners(scene: &Scene<'_>) {
    for (owner, resource, name) in OWNED {
        let (kind, owner) = owner.split_once('/').expect("a kind and a name");
        let owner = scene.objects.get(kind, owner).await.expect("the owner");
        scene
            .objects
            .wait(resource, name, LONG, |live| {
                let owners = live?["metadata"]["ownerReferences"].as_array()?;
                let uids: Vec<&Value> = owners.iter().map(|owner| &owner["uid"]).collect();
                (uids == [&owner["metadata"]["uid"]]).then_some(())
            })
            .await;
    }
}
