//! A resource that is deleted and made again under its name while the operator is down.

use crate::cluster::{Casing, Cluster, shared};
use crate::operator::{LONG, cluster};
use crate::stage::Stage;
use crate::support::uid;
use serde_json::{Value, json};
use std::sync::LazyLock;

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
    let mut stage = recreate(cluster()).await;
    stage.start().await;
    stage.all_ready(&["echo"]).await;
    children_belong_to_their_owners(&stage).await;
    stage.stop().await;
}

async fn apply(stage: &Stage<'_>) {
    stage.apply_nats("main").await;
    let spec = json!({
        "image": "example/echo:1",
        "ipcConfig": "main",
        "moduleConfig": "a: 1",
        "persistentVolumeClaim": {},
    });
    stage.apply_module("echo", spec).await;
}

async fn recreate(cluster: &'static Cluster) -> Stage<'static> {
    let mut stage = Stage::on((cluster, Casing::Camel), "recreated").await;
    stage.start().await;
    apply(&stage).await;
    children_belong_to_their_owners(&stage).await;
    let mut kept = Vec::new();
    for (resource, name) in KEPT {
        kept.push(stage.objects.wait_until_there(resource, name, LONG).await);
    }
    stage.stop().await;
    stage.objects.delete("botmodules", "echo").await;
    stage.objects.delete("ipcconfigs", "main").await;
    apply(&stage).await;
    stage.start().await;
    children_belong_to_their_owners(&stage).await;
    for ((resource, name), before) in KEPT.into_iter().zip(kept) {
        let after = stage.objects.existing(resource, name).await;
        assert_eq!(uid(&after), uid(&before), "{name}");
        assert_eq!(after["spec"], before["spec"], "{name}");
        assert!(after["data"] == before["data"], "the data of {name} changed");
    }
    stage.stop().await;
    stage
}

/// Waits until each child names its owner, and no other, by uid.
async fn children_belong_to_their_owners(stage: &Stage<'_>) {
    for (owner, resource, name) in OWNED {
        let (kind, owner) = owner.split_once('/').expect("a kind and a name");
        let owner = stage.objects.existing(kind, owner).await;
        stage
            .objects
            .wait(resource, name, LONG, |live| {
                let owners = live?["metadata"]["ownerReferences"].as_array()?;
                let uids: Vec<&Value> = owners.iter().map(|owner| &owner["uid"]).collect();
                (uids == [&owner["metadata"]["uid"]]).then_some(())
            })
            .await;
    }
}
