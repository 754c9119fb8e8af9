//! What is deleted, edited or scaled by hand comes back.

use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::uid;
use eevee_operator::fields;
use eevee_operator::kinds::shape_of;
use serde_json::{Value, json};

/// Modules without pods, so that their claim goes when it is deleted.
const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {nats: {managed: {replicas: 3}}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: store}
spec:
  image: example/store:1
  size: 0
  ipcConfig: main
  mountOperatorApiToken: true
  moduleConfig: 'a: 1'
  persistentVolumeClaim: {}
";

/// Every kind of child that the bot has.
const CHILDREN: [(&str, &str); 11] = [
    ("deployments", "eevee-store-module"),
    ("configmaps", "eevee-store-module-config"),
    ("persistentvolumeclaims", "eevee-store-module-pvc"),
    ("deployments", "eevee-main-nats"),
    ("services", "eevee-main-nats"),
    ("services", "eevee-main-nats-cluster"),
    ("poddisruptionbudgets", "eevee-main-nats"),
    ("secrets", "eevee-main-nats-config"),
    ("secrets", "eevee-main-nats-routes"),
    ("secrets", "eevee-main-nats-token"),
    ("secrets", "eevee-operator-api-token"),
];

async fn bot(prefix: &str) -> Stage<'static> {
    let stage = Stage::set(prefix).await;
    stage.apply(BOT).await;
    stage.all_ready(&["store"]).await;
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_child_that_is_deleted_is_made_anew() {
    let mut stage = bot("deleted").await;
    for child in CHILDREN {
        let before = stage.objects.existing(child.0, child.1).await;
        stage.objects.delete(child.0, child.1).await;
        let after = made_anew(&stage, child, &before).await;
        let owners = |object: &Value| object["metadata"]["ownerReferences"].clone();
        assert_eq!(owners(&after), owners(&before), "{child:?}");
    }
    stage.all_ready(&["store"]).await;
    stage.stop().await;
}

async fn made_anew(stage: &Stage<'_>, child: (&str, &str), before: &Value) -> Value {
    let is_new = |live: Option<&Value>| live.filter(|live| uid(live) != uid(before)).cloned();
    stage.objects.wait(child.0, child.1, LONG, is_new).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_child_that_is_edited_is_put_back() {
    let mut stage = bot("edited").await;
    let main = ("deployments", "eevee-main-nats");
    let store = ("deployments", "eevee-store-module");
    let container = |name, image| json!([{ "name": name, "image": image }]);
    let edits = [
        (store, json!({ "spec": { "replicas": 5 } })),
        (
            store,
            json!({ "spec": { "template": { "spec": { "containers": container("module", "x") } } } }),
        ),
        (store, json!({ "metadata": { "labels": null } })),
        (store, json!({ "metadata": { "ownerReferences": null } })),
        (store, json!({ "metadata": { "annotations": { "eevee.bot/applied-digest": "x" } } })),
        (store, json!({ "metadata": { "annotations": { "eevee.bot/applied-digest": null } } })),
        (CHILDREN[1], json!({ "data": { "config.yaml": "a: 2" } })),
        (CHILDREN[1], json!({ "data": null })),
        (main, json!({ "spec": { "replicas": 1 } })),
        (main, json!({ "spec": { "strategy": { "type": "Recreate", "rollingUpdate": null } } })),
        (CHILDREN[4], json!({ "spec": { "selector": { "eevee.bot/nats-server": "false" } } })),
        (CHILDREN[5], json!({ "spec": { "publishNotReadyAddresses": false } })),
        (CHILDREN[6], json!({ "spec": { "maxUnavailable": 2 } })),
        (CHILDREN[7], json!({ "data": { "nats.conf": "eA==" } })),
        (CHILDREN[10], json!({ "data": { "token": "eA==" } })),
    ];
    for (child, edit) in edits {
        let before = stage.objects.existing(child.0, child.1).await;
        let edited = stage.objects.patch(child.0, child.1, edit.clone()).await;
        assert!(holds(&edited, &before).is_err(), "{edit} changes nothing of {child:?}");
        let is_back = |live: Option<&Value>| {
            let difference = holds(live?, &before);
            // Shown when the test fails.
            eprintln!("{} {edit}: {difference:?}", child.1);
            difference.ok()
        };
        stage.objects.wait(child.0, child.1, LONG, is_back).await;
    }
    stage.stop().await;
}

/// Whether an object has all that it had before, but for what the cluster itself writes.
fn holds(live: &Value, before: &Value) -> Result<(), String> {
    let mut before = before.clone();
    before.as_object_mut().expect("an object").remove("status");
    let metadata = before["metadata"].as_object_mut().expect("metadata");
    for field in ["managedFields", "resourceVersion", "generation"] {
        metadata.remove(field);
    }
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove("deployment.kubernetes.io/revision");
    }
    // The items of a list come without them.
    let mut live = live.clone();
    for field in ["apiVersion", "kind"] {
        live[field] = before[field].clone();
    }
    fields::contains(&live, &before, shape_of(&before))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_scaled_with_kubectl_is_put_back() {
    let mut stage = bot("scaled").await;
    for (name, wanted) in [("eevee-store-module", 0), ("eevee-main-nats", 3)] {
        stage.kubectl(&["scale", "deployment", name, "--replicas=2"], None);
        let is_back = |live: Option<&Value>| (live?["spec"]["replicas"] == wanted).then_some(());
        stage.objects.wait("deployments", name, LONG, is_back).await;
    }
    stage.stop().await;
}

/// A literal value beside a reference is refused by the API server, so that ours cannot simply be
/// put on top.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_variable_set_with_kubectl_is_put_back() {
    let mut stage = bot("variable").await;
    for variable in ["NATS_HOST=x", "NATS_TOKEN=x"] {
        let store = CHILDREN[0];
        let before = stage.objects.existing(store.0, store.1).await;
        stage.kubectl(&["set", "env", "deployment", store.1, variable], None);
        let is_back = |live: Option<&Value>| holds(live?, &before).ok();
        stage.objects.wait(store.0, store.1, LONG, is_back).await;
    }
    stage.stop().await;
}
