//! Statuses whose conditions the CRDs of the TypeScript operator pruned to `{}`.

use crate::cluster::{Casing, Cluster, eventually};
use crate::operator::LONG;
use crate::scene::Scene;
use crate::support::{Request, Verb, condition};
use futures::future::join;
use serde_json::{Value, json};

const RESOURCES: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: 'echo:1', ipcConfig: main, extraEnv: [{name: GREETING, value: hello}]}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: loner}
spec: {image: 'loner:1'}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: paused, annotations: {eevee.bot/paused: 'true'}}
spec: {image: 'paused:1'}
";

const NAMES: [(&str, &str); 4] = [
    ("ipcconfigs", "main"),
    ("botmodules", "echo"),
    ("botmodules", "loner"),
    ("botmodules", "paused"),
];

const CRDS: [&str; 5] = [
    "botmodules.eevee.bot",
    "ipcconfigs.eevee.bot",
    "s3stores.eevee.bot",
    "backupschedules.eevee.bot",
    "backuprestores.eevee.bot",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pruned_statuses_are_mended_once_and_written_whatever_the_casing() {
    let cluster = tokio::task::block_in_place(Cluster::fake_nodes);
    for casing in [Casing::Lower, Casing::Camel] {
        tokio::task::block_in_place(|| cluster.install_pruning_crds(casing));
        let (scene, early) =
            (left_behind(&cluster, casing).await, left_behind(&cluster, casing).await);
        let early = comes_before_the_crds(early).await;
        tokio::task::block_in_place(|| cluster.install_crds(casing));
        is_blocked(&scene);
        join(takes_over(scene), takes_over(early)).await;
        let delete = [&["delete", "--timeout=60s", "crd"], &CRDS[..]].concat();
        tokio::task::block_in_place(|| cluster.kubectl(&delete, None).success());
    }
}

/// Resources as the TypeScript operator leaves them under its own CRDs.
async fn left_behind(cluster: &Cluster, casing: Casing) -> Scene<'_> {
    let scene = Scene::new((cluster, casing), "pruned").await;
    scene.apply(RESOURCES).await;
    is_told_as_before(&scene).await;
    scene
}

/// The status of each is written as the TypeScript operator does, and pruned.
async fn is_told_as_before(scene: &Scene<'_>) {
    for (resource, name) in NAMES {
        let ready = json!({ "type": "Ready", "status": "True", "reason": "Reconciled" });
        let status = json!({ "conditions": [ready] });
        let pruned = scene.objects.patch_status(resource, name, status).await;
        assert_eq!(pruned["status"]["conditions"], json!([{}]));
    }
}

/// An operator that comes before its CRDs cannot say anything, or it is not kept. It does not try for ever.
async fn comes_before_the_crds(mut scene: Scene<'_>) -> Scene<'_> {
    scene.start().await;
    let deployment = ("deployments", "eevee-echo-module");
    scene.objects.wait(deployment.0, deployment.1, LONG, |live| live.map(|_| ())).await;
    scene.settled().await;
    let mends = scene.edge.select(mends);
    assert!(mends.len() <= 2 * NAMES.len(), "{mends:#?}");
    scene.stop().await;
    is_told_as_before(&scene).await;
    scene
}

/// Nobody can write to such a resource. Its own schema is served some time after it was accepted.
fn is_blocked(scene: &Scene<'_>) {
    let namespace = format!("--namespace={}", scene.objects.namespace());
    let words = ["annotate", "botmodule/echo", "example.org/note=hello", "--overwrite", &namespace];
    let refused = || {
        let answer = scene.cluster.kubectl(&words, None);
        answer.stderr.contains("status.conditions[0].type: Required value").then_some(())
    };
    tokio::task::block_in_place(|| eventually("the new schema is served", LONG, refused));
}

async fn takes_over(mut scene: Scene<'_>) {
    scene.edge.clear();
    scene.start().await;
    scene.nats_is_ready("main").await;
    for module in ["echo", "loner"] {
        scene.module_is_ready(module).await;
    }
    let paused = ("True", "Paused");
    scene.objects.wait_for_condition(NAMES[3], "Paused", paused, LONG).await;
    scene.settled().await;
    let failed = |request: &Request| request.status.is_some_and(|code| code == 422 || code >= 500);
    let failed = scene.edge.select(failed);
    assert!(failed.is_empty(), "{failed:#?}");
    for (_, name) in NAMES {
        is_mended_once(&scene, name);
    }
    scene.kubectl(&["annotate", "botmodule/paused", "eevee.bot/paused-"], None);
    let live = scene.module_is_ready("paused").await;
    assert!(condition(&live, "Paused").is_none(), "{live}");
    spec_is_kept(&scene).await;
    scene.starts_without_a_write().await;
    scene.stop().await;
}

/// With preconditions, and before the first status is applied.
fn is_mended_once(scene: &Scene<'_>, name: &str) {
    let of_it = |request: &Request| is_status(request) && request.name.as_deref() == Some(name);
    let statuses = scene.edge.select(of_it);
    let [mend, applied @ ..] = &statuses[..] else { panic!("{name} is never written") };
    assert!(mends(mend) && !applied.iter().any(mends), "{name}: {statuses:#?}");
    assert_eq!(mend.body["status"], json!({ "conditions": [] }));
    for precondition in ["uid", "resourceVersion"] {
        assert!(mend.body["metadata"][precondition].is_string(), "{}", mend.body);
    }
}

async fn spec_is_kept(scene: &Scene<'_>) {
    let live: Value = scene.objects.get("botmodules", "echo").await.expect("the module");
    assert_eq!(live["spec"]["extraEnv"], json!([{ "name": "GREETING", "value": "hello" }]));
}

fn is_status(request: &Request) -> bool {
    request.is_write() && request.subresource.as_deref() == Some("status")
}

fn mends(request: &Request) -> bool {
    is_status(request) && request.verb == Verb::Patch
}
